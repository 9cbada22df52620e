/* wsload: a WebSocket load generator in one thread.
 *
 * Every connection comes from one JSON line of a script (made by the Python scenarios), so that the same binary drives
 * a bare echo server, the bare relay and the product:
 *
 *   role      "echo"    sends the template, any message answers it, then the next one (closed loop)
 *             "visitor" sends the template; done when acknowledged here and delivered to the agent of the same pair
 *             "agent"   receives what the visitor of its pair sends
 *             "watch"   counts what it gets; "idle" the same, under its own name
 *   pair      number that joins a visitor to its agent
 *   path, headers[]     of the upgrade request
 *   setup[]   {"send": frame, "await": text}: sent in order once connected, each waits until a message contains `await`
 *   template  what is sent; %uuid% is a fresh version 4 UUID, %seq% the pair's counter in nine digits
 *   ack       text that every acknowledgement contains; ack_id is the text right before the echoed UUID
 *   deliver   text that every delivery contains; counter is the text right before the nine digits
 *   reply[]   {"on": text, "send": frame, "every": n}: answers each n-th message with that text; %last% in the frame is
 *             the number that follows `on`
 *
 * Phases: connect and set up all, warm up, measure, drain. On stderr one word per phase (connected, begin, end), so that
 * the caller can sample the server's CPU; on stdout one JSON object. Without an echo or visitor role, or with --hold, it
 * holds the connections until a line arrives on stdin. Latency counts from the moment a message was due to be sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;
typedef uint32_t u32;

static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("wsload: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    exit(1);
}

static void *grow(void *old, size_t bytes) {
    void *memory = realloc(old, bytes);
    if (!memory) die("out of memory");
    return memory;
}

static u64 now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000ull + (u64)t.tv_nsec;
}

static u64 random_state;
static u64 random64(void) { /* splitmix64 */
    u64 z = (random_state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* ---- bytes ---- */

typedef struct { char *at; size_t used, room; } bytes;

static void append(bytes *b, const void *from, size_t count) {
    if (b->used + count > b->room) {
        b->room = (b->used + count) * 2 + 64;
        b->at = grow(b->at, b->room);
    }
    memcpy(b->at + b->used, from, count);
    b->used += count;
}

static void release(bytes *b) {
    free(b->at);
    *b = (bytes){0};
}

/* ---- JSON, as much as a script needs ---- */

typedef struct json json;
struct json { char kind; /* s n a o, or 0 for true, false, null */ char *name, *text; double number; json *child, *next; };

static const char *cursor, *script_name;
static int script_line;

static void skip_space(void) { while (*cursor == ' ' || *cursor == '\t' || *cursor == '\n' || *cursor == '\r') cursor++; }
static void bad_script(void) { die("%s, line %d: not valid JSON at: %.40s", script_name, script_line, cursor); }

static u32 hex4(void) {
    char digits[5] = {0};
    for (int i = 0; i < 4; i++) if (!(digits[i] = *cursor++)) bad_script();
    return (u32)strtoul(digits, NULL, 16);
}

static char *json_string(void) {
    bytes out = {0};
    cursor++;
    while (*cursor != '"') {
        if (!*cursor) bad_script();
        if (*cursor != '\\') { append(&out, cursor++, 1); continue; }
        cursor++;
        char c = *cursor++;
        if (c == 'u') {
            u32 code = hex4();
            if (code >= 0xd800 && code < 0xdc00 && cursor[0] == '\\' && cursor[1] == 'u') {
                cursor += 2;
                code = 0x10000 + ((code - 0xd800) << 10) + (hex4() - 0xdc00);
            }
            char u[4];
            int n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
            if (n == 1) u[0] = (char)code;
            else {
                for (int i = n - 1; i > 0; i--, code >>= 6) u[i] = (char)(0x80 | (code & 0x3f));
                u[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | code);
            }
            append(&out, u, (size_t)n);
        } else {
            const char *from = "bfnrt\"\\/", *to = "\b\f\n\r\t\"\\/", *hit = c ? strchr(from, c) : NULL;
            if (!hit) bad_script();
            append(&out, to + (hit - from), 1);
        }
    }
    cursor++;
    append(&out, "", 1);
    return out.at;
}

static json *json_value(void) {
    json *v = grow(NULL, sizeof *v);
    *v = (json){0};
    skip_space();
    if (*cursor == '"') {
        v->kind = 's';
        v->text = json_string();
    } else if (*cursor == '{' || *cursor == '[') {
        char close = *cursor == '{' ? '}' : ']';
        json **tail = &v->child;
        v->kind = *cursor == '{' ? 'o' : 'a';
        cursor++;
        for (skip_space(); *cursor != close; skip_space()) {
            char *name = NULL;
            if (v->kind == 'o') {
                if (*cursor != '"') bad_script();
                name = json_string();
                skip_space();
                if (*cursor++ != ':') bad_script();
            }
            *tail = json_value();
            (*tail)->name = name;
            tail = &(*tail)->next;
            skip_space();
            if (*cursor == ',') cursor++;
            else if (*cursor != close) bad_script();
        }
        cursor++;
    } else if (*cursor == '-' || (*cursor >= '0' && *cursor <= '9')) {
        char *end;
        v->kind = 'n';
        v->number = strtod(cursor, &end);
        cursor = end;
    } else {
        if (*cursor < 'a' || *cursor > 'z') bad_script();
        while (*cursor >= 'a' && *cursor <= 'z') cursor++;
    }
    return v;
}

static json *json_get(json *object, const char *name) {
    for (json *v = object->child; v; v = v->next) if (v->name && !strcmp(v->name, name)) return v;
    return NULL;
}

static const char *json_text(json *object, const char *name) {
    json *v = json_get(object, name);
    return v && v->kind == 's' ? v->text : NULL;
}

static int json_int(json *object, const char *name, int otherwise) {
    json *v = json_get(object, name);
    return v && v->kind == 'n' ? (int)v->number : otherwise;
}

/* ---- connections and pairs ---- */

enum role { ECHO_ROLE, VISITOR, AGENT, WATCH, IDLE, ROLES };
static const char *const role_names[ROLES] = {"echo", "visitor", "agent", "watch", "idle"};
enum state { UNOPENED, CONNECTING, UPGRADING, SETTING_UP, READY, CLOSED };

typedef struct { const char *send, *await; } step;
typedef struct { const char *on, *send; int every, seen; } answer;
typedef struct { u64 due; char uuid[36]; bool acked, delivered; } message;

typedef struct pair pair;
typedef struct {
    int fd, step, steps, answers;
    enum role role;
    enum state state;
    bool want_out;
    pair *pair;
    const char *path, *template, *ack, *ack_id, *deliver, *counter;
    json *headers;
    step *setup;
    answer *reply;
    bytes in, out, joined; /* unparsed input, unsent output, fragments of one message */
} conn;

struct pair {
    conn *visitor, *agent;
    message *sent;          /* by counter */
    u32 count, room, oldest_unacked, highest_delivered;
    bool busy;              /* closed loop: one message is outstanding */
};

typedef struct { u32 *at; size_t count, room; } samples; /* tenths of a microsecond */

static conn *conns;
static pair *pairs;
static int conn_count, pair_count, epoll_fd, next_unopened, opening, ready_count, closed_count;
static int last_close_code;
static char last_close_reason[128];
static struct sockaddr_in server;
static const char *host = "127.0.0.1";
static u64 phase_begin, phase_end; /* of the measured window; 0 until it is known */
static bool sending, paced;
static samples ack_latency, delivery_latency;
static u64 acked_in_window, delivered_in_window, sent_in_window;
static u64 duplicated, reordered, unexpected_acks, duplicate_acks;
static struct { u64 frames, bytes; } received[ROLES];

static void sample(samples *s, u64 due, u64 now) {
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 65536;
        s->at = grow(s->at, s->room * sizeof *s->at);
    }
    s->at[s->count++] = (u32)((now - due) / 100);
}

static bool in_window(u64 t) { return phase_begin && t >= phase_begin && t < phase_end; }

static void want(conn *c, bool out) {
    if (c->want_out == out) return;
    c->want_out = out;
    struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void drop(conn *c) {
    if (c->state == CLOSED) return;
    if (c->state < READY) die("connection %d (%s): closed by the server while setting up, step %d, close code %d %s",
                              (int)(c - conns), role_names[c->role], c->step, last_close_code, last_close_reason);
    c->state = CLOSED;
    closed_count++;
    close(c->fd);
}

static void put(conn *c, const char *from, size_t count) {
    if (!c->out.used) {
        ssize_t n = send(c->fd, from, count, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) { drop(c); return; }
        if (n > 0) { from += n; count -= (size_t)n; }
    }
    if (count) { append(&c->out, from, count); want(c, true); }
}

static void flush(conn *c) {
    ssize_t n = send(c->fd, c->out.at, c->out.used, MSG_NOSIGNAL);
    if (n < 0) { if (errno != EAGAIN) drop(c); return; }
    memmove(c->out.at, c->out.at + n, c->out.used -= (size_t)n);
    if (!c->out.used) { release(&c->out); want(c, false); }
}

static void put_frame(conn *c, int opcode, const char *payload, size_t count) {
    static bytes frame;
    unsigned char head[14] = {(unsigned char)(0x80 | opcode)};
    size_t size = 2;
    if (count < 126) head[1] = (unsigned char)(0x80 | count);
    else if (count < 65536) { head[1] = 0xfe; head[2] = (unsigned char)(count >> 8); head[3] = (unsigned char)count; size = 4; }
    else {
        head[1] = 0xff;
        for (int i = 0; i < 8; i++) head[2 + i] = (unsigned char)((u64)count >> (56 - 8 * i));
        size = 10;
    }
    u32 key = (u32)random64();
    memcpy(head + size, &key, 4);
    frame.used = 0;
    append(&frame, head, size + 4);
    append(&frame, payload, count);
    u64 wide = (u64)key << 32 | key;
    char *p = frame.at + size + 4;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) { u64 v; memcpy(&v, p + i, 8); v ^= wide; memcpy(p + i, &v, 8); }
    for (; i < count; i++) p[i] ^= ((char *)&wide)[i & 7];
    put(c, frame.at, frame.used);
}

static void make_uuid(char out[36]) {
    static const char hex[] = "0123456789abcdef";
    u64 a = (random64() & ~0xf000ull) | 0x4000, b = (random64() >> 2) | (2ull << 62);
    for (int i = 0, bit = 60; i < 18; i++) {
        if (i == 8 || i == 13) { out[i] = '-'; continue; }
        out[i] = hex[(a >> bit) & 15];
        bit -= 4;
    }
    out[18] = '-';
    for (int i = 19, bit = 60; i < 36; i++) {
        if (i == 23) { out[i] = '-'; continue; }
        out[i] = hex[(b >> bit) & 15];
        bit -= 4;
    }
}

/* Sends a template; the UUID used last in it is left in `uuid`. */
static void put_template(conn *c, const char *template, u64 number, char uuid[36]) {
    static bytes text;
    text.used = 0;
    for (const char *p = template;;) {
        const char *mark = strchr(p, '%');
        if (!mark) { append(&text, p, strlen(p)); break; }
        append(&text, p, (size_t)(mark - p));
        p = mark + 1;
        if (!strncmp(p, "uuid%", 5)) { make_uuid(uuid); append(&text, uuid, 36); p += 5; }
        else if (!strncmp(p, "seq%", 4)) {
            char digits[24];
            append(&text, digits, (size_t)snprintf(digits, sizeof digits, "%09llu", (unsigned long long)number));
            p += 4;
        } else if (!strncmp(p, "last%", 5)) {
            char digits[24];
            append(&text, digits, (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number));
            p += 5;
        } else append(&text, "%", 1);
    }
    put_frame(c, 1, text.at, text.used);
}

static void send_message(pair *p, u64 due) {
    if (p->visitor->state != READY) return;
    if (p->count == p->room) {
        p->room = p->room ? p->room * 2 : 256;
        p->sent = grow(p->sent, p->room * sizeof *p->sent);
    }
    message *m = &p->sent[p->count];
    *m = (message){.due = due};
    p->busy = true;
    if (in_window(due)) sent_in_window++;
    put_template(p->visitor, p->visitor->template, p->count++, m->uuid);
}

static void settle(pair *p, message *m, u64 now) {
    if (!m->acked || !m->delivered) return;
    p->busy = false;
    if (sending && !paced) send_message(p, now);
}

static void acknowledged(pair *p, message *m, u64 now) {
    if (m->acked) { duplicate_acks++; return; }
    m->acked = true;
    if (in_window(now)) acked_in_window++;
    if (in_window(m->due)) sample(&ack_latency, m->due, now);
    while (p->oldest_unacked < p->count && p->sent[p->oldest_unacked].acked) p->oldest_unacked++;
    settle(p, m, now);
}

static void on_ack(conn *c, const char *text, size_t size, u64 now) {
    pair *p = c->pair;
    const char *at = text, *end = text + size;
    if (c->ack && !memmem(text, size, c->ack, strlen(c->ack))) return;
    if (!c->ack_id) { /* without an id: in order */
        if (p->oldest_unacked < p->count) acknowledged(p, &p->sent[p->oldest_unacked], now);
        else unexpected_acks++;
        return;
    }
    size_t length = strlen(c->ack_id);
    while ((at = memmem(at, (size_t)(end - at), c->ack_id, length)) && (at += length) + 36 <= end) {
        u32 i = p->oldest_unacked;
        while (i < p->count && memcmp(p->sent[i].uuid, at, 36)) i++;
        if (i < p->count) { acknowledged(p, &p->sent[i], now); continue; }
        for (i = 0; i < p->count && memcmp(p->sent[i].uuid, at, 36); i++) {}
        if (i < p->count) duplicate_acks++;
        else unexpected_acks++;
    }
}

static void on_delivery(conn *c, const char *text, size_t size, u64 now) {
    pair *p = c->pair;
    const char *at = text, *end = text + size;
    if (c->deliver && !memmem(text, size, c->deliver, strlen(c->deliver))) return;
    size_t length = strlen(c->counter);
    while ((at = memmem(at, (size_t)(end - at), c->counter, length)) && (at += length) + 9 <= end) {
        u32 n = 0;
        for (int i = 0; i < 9; i++) n = n * 10 + (u32)(at[i] - '0');
        if (n >= p->count) continue; /* another run's */
        message *m = &p->sent[n];
        if (m->delivered) { duplicated++; continue; }
        m->delivered = true;
        if (n < p->highest_delivered) reordered++;
        else p->highest_delivered = n;
        if (in_window(now)) delivered_in_window++;
        if (in_window(m->due)) sample(&delivery_latency, m->due, now);
        settle(p, m, now);
    }
}

static void on_echo(pair *p, u64 now) {
    message *m = &p->sent[0];
    if (in_window(now)) delivered_in_window++;
    if (in_window(m->due)) sample(&delivery_latency, m->due, now);
    p->count = 0; /* echo keeps no history */
    p->busy = false;
    if (sending) send_message(p, now);
}

static void advance(conn *c) { /* next step of the set-up that waits for something */
    char uuid[36];
    while (c->step < c->steps && c->state == SETTING_UP) {
        step *s = &c->setup[c->step];
        if (s->send) put_template(c, s->send, 0, uuid);
        if (s->await) return;
        c->step++;
    }
    if (c->state == SETTING_UP) { c->state = READY; ready_count++; opening--; }
}

static void on_message(conn *c, const char *text, size_t size) {
    u64 now = now_ns();
    if (in_window(now)) { received[c->role].frames++; received[c->role].bytes += size; }
    for (int i = 0; i < c->answers; i++) {
        answer *a = &c->reply[i];
        const char *hit = memmem(text, size, a->on, strlen(a->on));
        if (!hit || ++a->seen % a->every) continue;
        u64 number = 0;
        char uuid[36];
        for (hit += strlen(a->on); hit < text + size && *hit >= '0' && *hit <= '9'; hit++) number = number * 10 + (u64)(*hit - '0');
        put_template(c, a->send, number, uuid);
    }
    if (c->state == SETTING_UP) {
        const char *await = c->setup[c->step].await;
        if (memmem(text, size, await, strlen(await))) { c->step++; advance(c); }
    } else if (c->state == READY) {
        if (c->role == ECHO_ROLE) { if (c->pair->busy) on_echo(c->pair, now); }
        else if (c->role == VISITOR) on_ack(c, text, size, now);
        else if (c->role == AGENT) on_delivery(c, text, size, now);
    }
}

/* One frame from the start of `at`; the bytes it took, or 0 when it is not complete. */
static size_t take_frame(conn *c, char *at, size_t size) {
    const unsigned char *u = (const unsigned char *)at;
    if (size < 2) return 0;
    size_t head = 2;
    u64 length = u[1] & 127;
    if (length == 126) {
        if (size < 4) return 0;
        length = (u64)u[2] << 8 | u[3];
        head = 4;
    } else if (length == 127) {
        if (size < 10) return 0;
        length = 0;
        for (int i = 0; i < 8; i++) length = length << 8 | u[2 + i];
        head = 10;
    }
    if (u[1] & 128) die("the server sent a masked frame");
    if (size < head + length) return 0;
    char *payload = at + head;
    int opcode = u[0] & 15;
    bool fin = u[0] & 128;
    if (opcode == 9) put_frame(c, 10, payload, length);
    else if (opcode == 8) {
        last_close_code = length >= 2 ? (unsigned char)payload[0] << 8 | (unsigned char)payload[1] : 1005;
        int n = length > 2 ? (int)(length - 2 < 120 ? length - 2 : 120) : 0;
        memcpy(last_close_reason, payload + 2, (size_t)n);
        last_close_reason[n] = 0;
        drop(c);
    } else if (opcode < 3) {
        if (fin && !c->joined.used) on_message(c, payload, length);
        else {
            append(&c->joined, payload, length);
            if (fin) { on_message(c, c->joined.at, c->joined.used); release(&c->joined); }
        }
    }
    return head + length;
}

static void on_readable(conn *c) {
    static char scratch[1 << 18];
    ssize_t got = recv(c->fd, scratch, sizeof scratch, 0);
    if (got <= 0) { if (got == 0 || errno != EAGAIN) drop(c); return; }
    char *at = scratch;
    size_t size = (size_t)got;
    if (c->in.used) { append(&c->in, scratch, size); at = c->in.at; size = c->in.used; }
    size_t taken = 0;
    if (c->state == UPGRADING) {
        char *end = memmem(at, size, "\r\n\r\n", 4);
        if (end) {
            if (size < 12 || strncmp(at, "HTTP/1.1 101", 12)) die("connection %d: not upgraded: %.*s", (int)(c - conns), (int)(size < 300 ? size : 300), at);
            taken = (size_t)(end + 4 - at);
            c->state = SETTING_UP;
            advance(c);
        }
    }
    if (c->state != UPGRADING)
        for (size_t n; c->state != CLOSED && (n = take_frame(c, at + taken, size - taken)); taken += n) {}
    if (c->in.used) {
        if (taken == size) release(&c->in);
        else memmove(c->in.at, c->in.at + taken, c->in.used = size - taken);
    } else if (taken < size) append(&c->in, at + taken, size - taken);
}

static void open_conn(conn *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket: %s (ulimit -n?)", strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS) die("connect: %s", strerror(errno));
    c->state = CONNECTING;
    c->want_out = true;
    opening++;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl: %s", strerror(errno));
}

static void upgrade(conn *c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) die("connection %d: %s", (int)(c - conns), strerror(error));
    char key[25]; /* 16 random bytes in base64: 21 free digits, one with its low four bits zero, two of padding */
    for (int i = 0; i < 21; i++) key[i] = digits[random64() & 63];
    key[21] = digits[(random64() & 3) << 4];
    strcpy(key + 22, "==");
    bytes head = {0};
    char line[1024];
    append(&head, line, (size_t)snprintf(line, sizeof line,
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n",
        c->path, host, ntohs(server.sin_port), key));
    for (json *h = c->headers ? c->headers->child : NULL; h; h = h->next) {
        append(&head, h->text, strlen(h->text));
        append(&head, "\r\n", 2);
    }
    append(&head, "\r\n", 2);
    c->state = UPGRADING;
    want(c, false);
    put(c, head.at, head.used);
    release(&head);
}

/* Serves the sockets until `until` or for one round of events. */
static void serve(u64 until) {
    static struct epoll_event events[512];
    u64 now = now_ns(), left = until > now ? until - now : 0;
    struct timespec wait = {(time_t)(left / 1000000000ull), (long)(left % 1000000000ull)};
    int n = epoll_pwait2(epoll_fd, events, 512, &wait, NULL);
    if (n < 0 && errno != EINTR) die("epoll: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        conn *c = events[i].data.ptr;
        if (c->state == CONNECTING) { if (events[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) upgrade(c); continue; }
        if (c->state != CLOSED && (events[i].events & EPOLLOUT)) flush(c);
        if (c->state != CLOSED && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) on_readable(c);
    }
}

/* ---- script ---- */

static pair *pair_numbered(int number) {
    if (number < 0) die("%s, line %d: needs a pair number", script_name, script_line);
    while (pair_count <= number) {
        pairs = grow(pairs, (size_t)(pair_count + 1) * sizeof *pairs);
        pairs[pair_count++] = (pair){0};
    }
    return &pairs[number];
}

static void read_script(void) {
    FILE *f = fopen(script_name, "r");
    char *line = NULL;
    size_t room = 0;
    int *pair_of = NULL;
    if (!f) die("%s: %s", script_name, strerror(errno));
    while (getline(&line, &room, f) > 0) {
        script_line++;
        cursor = line;
        skip_space();
        if (!*cursor) continue;
        json *j = json_value();
        conns = grow(conns, (size_t)(conn_count + 1) * sizeof *conns);
        pair_of = grow(pair_of, (size_t)(conn_count + 1) * sizeof *pair_of);
        conn *c = &conns[conn_count];
        *c = (conn){.path = json_text(j, "path"), .headers = json_get(j, "headers"), .template = json_text(j, "template"),
                    .ack = json_text(j, "ack"), .ack_id = json_text(j, "ack_id"), .deliver = json_text(j, "deliver"),
                    .counter = json_text(j, "counter")};
        const char *role = json_text(j, "role");
        while (role && c->role < ROLES && strcmp(role, role_names[c->role])) c->role++;
        if (!role || c->role == ROLES || !c->path) die("%s, line %d: needs a known role and a path", script_name, script_line);
        if (c->role <= VISITOR && !c->template) die("%s, line %d: needs a template", script_name, script_line);
        if (c->role == AGENT && !c->counter) die("%s, line %d: needs a counter", script_name, script_line);
        json *setup = json_get(j, "setup"), *reply = json_get(j, "reply");
        for (json *s = setup ? setup->child : NULL; s; s = s->next) {
            c->setup = grow(c->setup, (size_t)(c->steps + 1) * sizeof *c->setup);
            c->setup[c->steps++] = (step){json_text(s, "send"), json_text(s, "await")};
        }
        for (json *r = reply ? reply->child : NULL; r; r = r->next) {
            answer a = {json_text(r, "on"), json_text(r, "send"), json_int(r, "every", 1), 0};
            if (!a.on || !a.send || a.every < 1) die("%s, line %d: reply needs on and send", script_name, script_line);
            c->reply = grow(c->reply, (size_t)(c->answers + 1) * sizeof *c->reply);
            c->reply[c->answers++] = a;
        }
        pair_of[conn_count++] = c->role <= AGENT ? json_int(j, "pair", -1) : -1;
        if (c->role <= AGENT) pair_numbered(pair_of[conn_count - 1]);
    }
    for (int i = 0; i < conn_count; i++) { /* only now the arrays stay where they are */
        if (pair_of[i] < 0) continue;
        conn *c = &conns[i];
        c->pair = &pairs[pair_of[i]];
        conn **place = c->role == AGENT ? &c->pair->agent : &c->pair->visitor;
        if (*place) die("pair %d has two of one role", pair_of[i]);
        *place = c;
    }
    for (int i = 0; i < pair_count; i++)
        if (!pairs[i].visitor || (pairs[i].visitor->role == VISITOR && !pairs[i].agent)) die("pair %d is not complete", i);
    free(pair_of);
    free(line);
    fclose(f);
}

/* ---- report ---- */

static int ascending(const void *a, const void *b) {
    u32 x = *(const u32 *)a, y = *(const u32 *)b;
    return (x > y) - (x < y);
}

static void print_latency(const char *name, samples *s) {
    if (!s->count) return;
    qsort(s->at, s->count, sizeof *s->at, ascending);
    printf("\"%s_ms\":{\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"max\":%.4f,\"count\":%zu},", name,
           s->at[s->count / 2] / 1e4, s->at[s->count * 9 / 10] / 1e4, s->at[s->count * 99 / 100] / 1e4, s->at[s->count - 1] / 1e4, s->count);
}

static double cpu_seconds(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static void say(const char *phase) {
    fprintf(stderr, "%s\n", phase);
    fflush(stderr);
}

static double number_after(int argc, char **argv, const char *name, double otherwise) {
    for (int i = 1; i + 1 < argc; i++) if (!strcmp(argv[i], name)) return atof(argv[i + 1]);
    return otherwise;
}

static bool has(int argc, char **argv, const char *name) {
    for (int i = 1; i < argc; i++) if (!strcmp(argv[i], name)) return true;
    return false;
}

int main(int argc, char **argv) {
    if (argc < 3) die("usage: wsload SCRIPT PORT [--rate MESSAGES_PER_S] [--warmup S] [--seconds S] [--drain S] [--hold]");
    script_name = argv[1];
    double rate = number_after(argc, argv, "--rate", 0), warmup = number_after(argc, argv, "--warmup", 0.5);
    double seconds = number_after(argc, argv, "--seconds", 3), drain = number_after(argc, argv, "--drain", 5);
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
    inet_pton(AF_INET, host, &server.sin_addr);
    if (getrandom(&random_state, sizeof random_state, 0) < 0) die("getrandom: %s", strerror(errno));
    prctl(PR_SET_TIMERSLACK, 1);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    paced = rate > 0;
    read_script();
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);

    u64 start = now_ns(), limit = start + 120000000000ull;
    while (ready_count < conn_count) {
        while (next_unopened < conn_count && opening < 64) open_conn(&conns[next_unopened++]);
        serve(now_ns() + 100000000ull);
        if (now_ns() > limit) {
            for (int i = 0; i < conn_count; i++)
                if (conns[i].state != READY) die("connection %d (%s) is not set up after 120 s: state %d, step %d", i, role_names[conns[i].role], conns[i].state, conns[i].step);
        }
    }
    double connect_seconds = (double)(now_ns() - start) / 1e9;
    say("connected");

    double window = 0, cpu = 0;
    u64 unacked = 0, lost = 0;
    if (!pair_count || has(argc, argv, "--hold")) {
        phase_begin = now_ns();
        phase_end = UINT64_MAX;
        for (struct pollfd in = {.fd = 0, .events = POLLIN}; poll(&in, 1, 0) == 0;) serve(now_ns() + 50000000ull);
        window = (double)(now_ns() - phase_begin) / 1e9;
    } else {
        u64 begin = now_ns() + (u64)(warmup * 1e9), end = begin + (u64)(seconds * 1e9), t;
        u64 gap = paced ? (u64)(1e9 / rate) : 0, due = now_ns();
        int turn = 0;
        bool begun = false;
        sending = true;
        phase_begin = begin;
        phase_end = end;
        if (!paced) for (int i = 0; i < pair_count; i++) send_message(&pairs[i], now_ns());
        while ((t = now_ns()) < end) {
            if (!begun && t >= begin) { begun = true; say("begin"); cpu = cpu_seconds(); }
            for (; paced && due <= t; due += gap) send_message(&pairs[turn++ % pair_count], due);
            serve(paced && due < end ? due : begun ? end : begin);
        }
        cpu = cpu_seconds() - cpu;
        say("end");
        sending = false;
        for (u64 stop = now_ns() + (u64)(drain * 1e9); now_ns() < stop;) {
            bool busy = false;
            for (int i = 0; i < pair_count && !busy; i++) {
                pair *p = &pairs[i];
                for (u32 n = p->oldest_unacked; n < p->count && !busy; n++) busy = !p->sent[n].acked;
                busy = busy || (p->count && !p->sent[p->count - 1].delivered);
            }
            if (!busy) break;
            serve(now_ns() + 10000000ull);
        }
        for (int i = 0; i < pair_count; i++)
            for (u32 n = 0; n < pairs[i].count && pairs[i].visitor->role == VISITOR; n++) {
                lost += pairs[i].sent[n].acked && !pairs[i].sent[n].delivered;
                unacked += !pairs[i].sent[n].acked;
            }
        window = seconds;
    }

    printf("{\"connections\":%d,\"pairs\":%d,\"connect_s\":%.4f,\"connects_per_s\":%.0f,\"window_s\":%.3f,", conn_count, pair_count,
           connect_seconds, conn_count / connect_seconds, window);
    if (pair_count) {
        printf("\"sent_per_s\":%.1f,\"acked_per_s\":%.1f,\"delivered_per_s\":%.1f,\"delivered\":%llu,", (double)sent_in_window / window,
               (double)acked_in_window / window, (double)delivered_in_window / window, (unsigned long long)delivered_in_window);
        print_latency("ack", &ack_latency);
        print_latency("delivery", &delivery_latency);
        printf("\"lost\":%llu,\"unacked\":%llu,\"duplicated\":%llu,\"reordered\":%llu,\"duplicate_acks\":%llu,\"unexpected_acks\":%llu,\"generator_cpu\":%.3f,",
               (unsigned long long)lost, (unsigned long long)unacked, (unsigned long long)duplicated, (unsigned long long)reordered,
               (unsigned long long)duplicate_acks, (unsigned long long)unexpected_acks, cpu / window);
    }
    for (int r = 0; r < ROLES; r++)
        if (received[r].frames) printf("\"%s_in\":{\"frames\":%llu,\"bytes\":%llu},", role_names[r], (unsigned long long)received[r].frames, (unsigned long long)received[r].bytes);
    printf("\"closed\":%d,\"close_code\":%d}\n", closed_count, last_close_code);
    return 0;
}
