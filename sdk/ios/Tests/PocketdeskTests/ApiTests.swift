#if os(Linux)
import Foundation
import Testing

/// The public API as it was released: a change shows here, and has to be meant (UPDATE_API=1 writes it anew).
struct ApiTests {
    private let top = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized

    @Test("the public API is the one that was released")
    func released() throws {
        let found = try ["PocketdeskCore", "Pocketdesk"].map { "// \($0)\n" + (try api(of: $0)) }.joined(
            separator: "\n")
        let file = top.appendingPathComponent("api.txt")
        if ProcessInfo.processInfo.environment["UPDATE_API"] != nil {
            try Data(found.utf8).write(to: file)
        }
        let released = try String(contentsOf: file, encoding: .utf8)
        #expect(found == released)
    }

    @Test("nothing is ever logged")
    func quiet() throws {
        let sources = try #require(
            FileManager.default.enumerator(at: top.appendingPathComponent("Sources"), includingPropertiesForKeys: nil))
        for case let file as URL in sources where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let found = text.range(
                of: #"\b(print|debugPrint|dump|NSLog|os_log|Logger|OSLog)\("#, options: .regularExpression)
            #expect(found == nil, "\(file.lastPathComponent) logs")
        }
    }

    /// Every public declaration of a module, as the compiler sees it.
    private func api(of module: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let extract = Process()
        extract.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        extract.arguments = [
            "swift", "symbolgraph-extract", "-module-name", module, "-I",
            built.appendingPathComponent("Modules").path,
            "-target", built.deletingLastPathComponent().lastPathComponent, "-minimum-access-level", "public",
            "-skip-synthesized-members", "-output-dir", folder.path,
        ]
        try extract.run()
        extract.waitUntilExit()
        let graph = try JSONDecoder().decode(
            Graph.self, from: Data(contentsOf: folder.appendingPathComponent("\(module).symbols.json")))
        return graph.symbols.map(\.line).sorted().joined(separator: "\n") + "\n"
    }

    private struct Graph: Decodable {
        struct Symbol: Decodable {
            struct Fragment: Decodable { let spelling: String }
            let pathComponents: [String]
            let declarationFragments: [Fragment]

            var line: String {
                let declaration = declarationFragments.map(\.spelling).joined()
                    .split(whereSeparator: \.isWhitespace).joined(separator: " ")
                return "\(pathComponents.joined(separator: ".")): \(declaration)"
            }
        }

        let symbols: [Symbol]
    }
}
#endif
