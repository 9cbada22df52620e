#if os(Linux)
import Foundation
import Glibc
import Testing

@testable import PocketdeskCore

/// The line over a real socket.
@MainActor
struct NetworkLineTests {
    @Test("a request arrives as it was meant, with our name and without cookies, and its answer comes back")
    func call() async throws {
        let answer =
            "HTTP/1.1 200 OK\r\nETag: \"2-3\"\r\nSet-Cookie: a=b\r\nContent-Length: 26\r\nConnection: close\r\n\r\n"
            + #"{"unread":2,"messages": 3}"#
        let server = try SocketServer(answers: [answer, answer])
        let line = NetworkLine.make()
        let shell = Server(serverURL: server.address, line: line)
        for _ in 0..<2 {
            guard case .done(let unread) = await shell.unread(tag: "\"0-0\"", credential: "secret") else {
                Issue.record("no answer")
                return
            }
            #expect(unread == Unread(conversations: 2, tag: "\"2-3\""))
        }
        let heard = server.heard.map { $0.lowercased() }
        #expect(heard[0].hasPrefix("get /api/v1/app/unread http/1.1"))
        #expect(heard[0].contains("authorization: bearer secret"))
        #expect(heard[0].contains("if-none-match: \"0-0\""))
        #expect(heard[0].contains("user-agent: \(Shell.userAgent.lowercased())"))
        #expect(!heard[1].contains("cookie:"))
    }

    @Test("a credential is not carried to where a server sends us")
    func redirect() async throws {
        let elsewhere = try SocketServer(answers: [])
        let server = try SocketServer(answers: [
            "HTTP/1.1 307 Moved\r\nLocation: \(elsewhere.address)/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ])
        let ending = await Server(serverURL: server.address, line: NetworkLine.make()).logOut(credential: "secret")
        #expect(ending.name == "refused")
        #expect(elsewhere.heard.isEmpty)
    }

    @Test("where nobody listens, it is tried again")
    func nobody() async throws {
        let gone = try SocketServer(answers: [])
        let address = gone.address
        gone.close()
        let ending = await Server(serverURL: address, line: NetworkLine.make()).logOut(credential: "secret")
        #expect(ending.name == "again")
    }
}

/// Answers one request for each text that it has, on a port of its own.
private final class SocketServer: @unchecked Sendable {
    let address: String
    private let socket: Int32
    private let lock = NSLock()
    private var texts: [String] = []
    private var isClosed = false

    var heard: [String] { lock.withLock { texts } }

    init(answers: [String]) throws {
        let listening = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        socket = listening
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listening, generic, length) == 0 && listen(listening, 8) == 0
                    && getsockname(listening, generic, &length) == 0
            }
        }
        guard isBound else { throw NoLine() }
        address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
        Thread.detachNewThread { [self] in
            for answer in answers { serve(answer) }
        }
    }

    func close() {
        lock.withLock {
            if !isClosed { Glibc.close(socket) }
            isClosed = true
        }
    }

    deinit {
        close()
    }

    private func serve(_ answer: String) {
        let caller = accept(socket, nil, nil)
        guard caller >= 0 else { return }
        defer { Glibc.close(caller) }
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("\r\n\r\n") {
            let count = recv(caller, &buffer, buffer.count, 0)
            if count <= 0 { return }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        lock.withLock { texts.append(text) }
        _ = answer.withCString { send(caller, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    }
}
#endif
