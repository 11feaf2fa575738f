/*
 * This source file is part of the Bluewire project
 * SPDX-License-Identifier: Apache-2.0
 * See LICENSE for licence information
 *
 * The baselines and the clients of `make bench`: as little as a program can do, so that a figure of the gateway stands
 * beside what the machine allowed in the same run. Times are CLOCK_MONOTONIC nanoseconds.
 *
 *   watch DB ROW COUNT          inotify on the write-ahead log, one query per wake-up; "NS GUID" per joined message
 *   scan DB SQL                 steps a query and touches every column; one JSON line
 *   query DB SQL REPEAT         the same query again and again; one JSON line with percentiles
 *   sockets PORT TOKEN PATH N   N WebSocket clients; "NS JSON" per frame of the first, "count N TOTAL" at the end
 *   hook                        a webhook receiver; its port on the first line, then "NS JSON" per delivery
 *   load PORT TOKEN PATH N SEC  N keep-alive HTTP clients, one request at a time each; one JSON line;
 *                               PATH may be @FILE, a path a line, taken in turn
 *
 * watch and sockets say "ready" first; sockets and hook end when their standard input ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double processor(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    fprintf(stderr, "baseline: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- database ---- */

static sqlite3 *open_db(const char *path) {
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) die("open");
    sqlite3_busy_timeout(db, 2000);
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) {
        fprintf(stderr, "baseline: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
    return s;
}

static int64_t touched;

static int64_t step_all(sqlite3_stmt *s) {
    int64_t rows = 0;
    int columns = sqlite3_column_count(s), code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        rows++;
        for (int i = 0; i < columns; i++) {
            switch (sqlite3_column_type(s, i)) {
            case SQLITE_INTEGER: touched += sqlite3_column_int64(s, i) & 1; break;
            case SQLITE_TEXT:
            case SQLITE_BLOB: {
                const unsigned char *p = sqlite3_column_blob(s, i);
                int n = sqlite3_column_bytes(s, i);
                touched += n + (n ? p[n - 1] & 1 : 0);
                break;
            }
            default: break;
            }
        }
    }
    if (code != SQLITE_DONE) {
        fprintf(stderr, "baseline: step: %s\n", sqlite3_errstr(code));
        exit(1);
    }
    sqlite3_reset(s);
    return rows;
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void watch(const char *path, int64_t row, long count) {
    char wal[4096];
    snprintf(wal, sizeof wal, "%s-wal", path);
    sqlite3 *db = open_db(path);
    sqlite3_stmt *s = prepare(db, "SELECT m.ROWID, m.guid, m.text, m.attributedBody, m.handle_id, m.date, j.chat_id "
                                  "FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id "
                                  "WHERE j.message_id > ? ORDER BY j.message_id");
    int fd = inotify_init1(IN_CLOEXEC);
    if (fd < 0 || inotify_add_watch(fd, wal, IN_MODIFY) < 0) die("inotify");
    puts("ready");
    fflush(stdout);
    char events[65536];
    int looks = 0;
    while (count > 0) {
        sqlite3_bind_int64(s, 1, row);
        while (sqlite3_step(s) == SQLITE_ROW) {
            row = sqlite3_column_int64(s, 0);
            touched += sqlite3_column_bytes(s, 3);
            printf("%lld %s\n", (long long)now(), sqlite3_column_text(s, 1));
            count--;
        }
        fflush(stdout);
        sqlite3_reset(s);
        if (count <= 0) break;
        /* The event of a commit may come before readers see it: look again twice before sleeping. */
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = poll(&wait, 1, looks > 0 ? 1 : -1);
        if (ready < 0) die("poll");
        looks = ready ? 2 : looks - 1;
        if (ready && read(fd, events, sizeof events) <= 0) die("read");
    }
}

/* ---- sockets ---- */

struct connection {
    int fd;
    char *data;
    size_t length, room;
    int64_t started;
    int is_open; /* the handshake is answered */
};

static int dial(int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    for (int tries = 0;; tries++) { /* the server may not listen yet */
        if (tries > 20000) die("no server");
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0) die("socket");
        if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            return fd;
        }
        close(fd);
        usleep(1000);
    }
}

static void send_all(int fd, const char *text, size_t length) {
    while (length) {
        ssize_t n = send(fd, text, length, MSG_NOSIGNAL);
        if (n <= 0) die("send");
        text += n;
        length -= n;
    }
}

/* Reads what there is; 0 at the end of the stream. */
static int fill(struct connection *c) {
    if (c->room - c->length < 65536) {
        c->room = c->room * 2 + 65536 * 2;
        c->data = realloc(c->data, c->room + 1);
        if (!c->data) die("realloc");
    }
    ssize_t n = recv(c->fd, c->data + c->length, c->room - c->length, 0);
    if (n <= 0) return 0;
    c->length += n;
    c->data[c->length] = 0;
    return 1;
}

static void drop(struct connection *c, size_t n) {
    memmove(c->data, c->data + n, c->length - n);
    c->length -= n;
    if (c->data) c->data[c->length] = 0;
}

/* The length of a whole HTTP message at the front, 0 when it is not all there; the body's offset in `body`. */
static size_t http_message(struct connection *c, size_t *body) {
    char *end = c->length ? memmem(c->data, c->length, "\r\n\r\n", 4) : NULL;
    if (!end) return 0;
    *body = end + 4 - c->data;
    *end = 0;
    char *field = strcasestr(c->data, "\r\ncontent-length:");
    size_t length = field ? strtoul(field + 17, NULL, 10) : 0;
    *end = '\r';
    return c->length >= *body + length ? *body + length : 0;
}

static void sockets(int port, const char *token, const char *path, int count) {
    struct connection *all = calloc(count, sizeof *all);
    struct pollfd *polls = calloc(count + 1, sizeof *polls);
    char request[8192];
    int n, asked = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Authorization: Bearer %s\r\n\r\n", path, port, token);
    for (int i = 0; i < count; i++) {
        all[i].fd = dial(port);
        send_all(all[i].fd, request, asked);
        polls[i] = (struct pollfd){.fd = all[i].fd, .events = POLLIN};
    }
    polls[count] = (struct pollfd){.fd = 0, .events = POLLIN};
    int64_t total = 0;
    int open = 0, ended = 0;
    while (!ended) {
        if (poll(polls, count + 1, -1) < 0) die("poll");
        int64_t at = now();
        if (polls[count].revents) ended = 1;
        for (int i = 0; i < count; i++) {
            struct connection *c = &all[i];
            if (!polls[i].revents) continue;
            if (!fill(c)) {
                if (c->is_open) { fprintf(stderr, "baseline: socket %d was closed\n", i); exit(1); }
                /* A server that starts tries its port first: whoever met that try comes again. */
                close(c->fd);
                c->length = 0;
                polls[i].fd = c->fd = dial(port);
                send_all(c->fd, request, asked);
                continue;
            }
            if (!c->is_open) {
                char *end = memmem(c->data, c->length, "\r\n\r\n", 4);
                if (!end) continue;
                if (strncmp(c->data, "HTTP/1.1 101", 12)) { fprintf(stderr, "%s\n", c->data); exit(1); }
                drop(c, end + 4 - c->data);
                c->is_open = 1;
                if (++open == count) { puts("ready"); fflush(stdout); }
            }
            size_t used = 0;
            while (c->length - used >= 2) {
                unsigned char *p = (unsigned char *)c->data + used;
                size_t head = 2, length = p[1] & 127;
                if (length == 126) head = 4;
                if (length == 127) head = 10;
                if (c->length - used < head) break;
                if (head == 4) length = p[2] << 8 | p[3];
                if (head == 10) for (length = 0, n = 2; n < 10; n++) length = length << 8 | p[n];
                if (c->length - used < head + length) break;
                if ((p[0] & 15) == 1) {
                    total++;
                    if (i == 0) printf("%lld %.*s\n", (long long)at, (int)length, p + head);
                } else if ((p[0] & 15) == 9) {
                    send_all(c->fd, "\x8a\x80\0\0\0\0", 6); /* pong */
                }
                used += head + length;
            }
            if (used) drop(c, used);
        }
        fflush(stdout);
    }
    printf("count %d %lld\n", count, (long long)total);
}

static void hook(void) {
    enum { most = 256 };
    static struct connection all[most];
    struct pollfd polls[most + 2];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0), count = 0, one = 1;
    if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 64)) die("listen");
    getsockname(listener, (struct sockaddr *)&at, &size);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    for (;;) {
        polls[0] = (struct pollfd){.fd = 0, .events = POLLIN};
        polls[1] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (int i = 0; i < count; i++) polls[i + 2] = (struct pollfd){.fd = all[i].fd, .events = POLLIN};
        int polled = count;
        if (poll(polls, polled + 2, -1) < 0) die("poll");
        int64_t time = now();
        if (polls[0].revents) return;
        for (int i = polled - 1; i >= 0; i--) {
            struct connection *c = &all[i];
            if (!polls[i + 2].revents) continue;
            if (!fill(c)) {
                close(c->fd);
                free(c->data);
                all[i] = all[--count];
                continue;
            }
            size_t body, length;
            while ((length = http_message(c, &body))) {
                static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
                send_all(c->fd, answer, sizeof answer - 1);
                printf("%lld %.*s\n", (long long)time, (int)(length - body), c->data + body);
                drop(c, length);
            }
        }
        fflush(stdout);
        if (polls[1].revents && count < most) {
            int fd = accept(listener, NULL, NULL);
            if (fd < 0) die("accept");
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            all[count++] = (struct connection){.fd = fd};
        }
    }
}

struct paths {
    char **all;
    size_t count, next;
};

static struct paths read_paths(const char *path) {
    struct paths found = {.all = malloc(sizeof(char *))};
    found.all[0] = strdup(path);
    found.count = 1;
    if (*path != '@') return found;
    FILE *file = fopen(path + 1, "r");
    if (!file) die("paths");
    char line[4096];
    for (found.count = 0; fgets(line, sizeof line, file); found.count++) {
        line[strcspn(line, "\n")] = 0;
        found.all = realloc(found.all, (found.count + 1) * sizeof(char *));
        if (!found.all) die("realloc");
        found.all[found.count] = strdup(line);
    }
    fclose(file);
    if (!found.count) die("no paths");
    return found;
}

static void ask(int fd, int port, const char *token, struct paths *paths) {
    char request[8192];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n\r\n",
                     paths->all[paths->next++ % paths->count], port, token);
    send_all(fd, request, n);
}

static void load(int port, const char *token, const char *path, int count, double seconds) {
    struct connection *all = calloc(count, sizeof *all);
    struct pollfd *polls = calloc(count, sizeof *polls);
    size_t room = 1 << 20, taken = 0, body, length;
    int64_t *times = malloc(room * sizeof *times), bytes = 0;
    struct paths paths = read_paths(path);
    for (int i = 0; i < count; i++) {
        all[i].fd = dial(port);
        polls[i] = (struct pollfd){.fd = all[i].fd, .events = POLLIN};
    }
    int64_t begin = now(), until = begin + (int64_t)(seconds * 1e9);
    for (int i = 0; i < count; i++) {
        all[i].started = now();
        ask(all[i].fd, port, token, &paths);
    }
    while (now() < until && taken < room) {
        if (poll(polls, count, 1000) < 0) die("poll");
        for (int i = 0; i < count && taken < room; i++) {
            struct connection *c = &all[i];
            if (!polls[i].revents) continue;
            if (!fill(c)) { fprintf(stderr, "baseline: the server closed a connection\n"); exit(1); }
            if (!(length = http_message(c, &body))) continue;
            if (strncmp(c->data, "HTTP/1.1 200", 12)) { fprintf(stderr, "%s\n", c->data); exit(1); }
            times[taken++] = now() - c->started;
            bytes += length - body;
            drop(c, length);
            c->started = now();
            ask(c->fd, port, token, &paths);
        }
    }
    if (!taken) { fprintf(stderr, "baseline: no answer\n"); exit(1); }
    double wall = (now() - begin) / 1e9;
    qsort(times, taken, sizeof *times, compare);
    printf("{\"requests\":%zu,\"perSecond\":%.1f,\"p50ms\":%.4f,\"p99ms\":%.4f,\"bytes\":%lld}\n", taken, taken / wall,
           times[taken / 2] / 1e6, times[taken * 99 / 100] / 1e6, (long long)(bytes / (int64_t)taken));
}

int main(int argc, char **argv) {
    if (argc == 5 && !strcmp(argv[1], "watch")) {
        watch(argv[2], atoll(argv[3]), atol(argv[4]));
    } else if (argc == 4 && !strcmp(argv[1], "scan")) {
        sqlite3_stmt *s = prepare(open_db(argv[2]), argv[3]);
        double used = processor();
        int64_t start = now(), rows = step_all(s);
        double wall = (now() - start) / 1e9;
        printf("{\"rows\":%lld,\"seconds\":%.6f,\"processorSeconds\":%.6f,\"bytes\":%lld}\n", (long long)rows, wall,
               processor() - used, (long long)touched);
    } else if (argc == 5 && !strcmp(argv[1], "query")) {
        sqlite3_stmt *s = prepare(open_db(argv[2]), argv[3]);
        int repeat = atoi(argv[4]);
        int64_t *times = malloc(repeat * sizeof *times), rows = 0;
        for (int i = 0; i < repeat; i++) {
            int64_t start = now();
            rows = step_all(s);
            times[i] = now() - start;
        }
        qsort(times, repeat, sizeof *times, compare);
        printf("{\"rows\":%lld,\"p50ms\":%.4f,\"p99ms\":%.4f}\n", (long long)rows, times[repeat / 2] / 1e6,
               times[repeat * 99 / 100] / 1e6);
    } else if (argc == 6 && !strcmp(argv[1], "sockets")) {
        sockets(atoi(argv[2]), argv[3], argv[4], atoi(argv[5]));
    } else if (argc == 2 && !strcmp(argv[1], "hook")) {
        hook();
    } else if (argc == 7 && !strcmp(argv[1], "load")) {
        load(atoi(argv[2]), argv[3], argv[4], atoi(argv[5]), atof(argv[6]));
    } else {
        fputs("usage: see the head of baseline.c\n", stderr);
        return 64;
    }
    return 0;
}
