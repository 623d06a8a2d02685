// Simulates agents and one viewer, and measures a hub with them. It costs little itself, and prints
// its own cost.
//
//     Agents DIRECTORY AGENTS STRATEGIES SECONDS DETAIL
//
// Each agent sends a delta of each of its strategies twice a second; the agents are spread evenly
// over the half second. DETAIL is what the viewer asks for: full, second (a line per strategy and
// second), none, or - for no viewer. Another agent changes a breaker 50 times a second, and the
// viewer measures the time until each change arrives.
//
// Prints one line of JSON. The caller measures the hub between the lines "start" and "end".
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { line_bytes = 512, probes_max = 60000 };

static const char *directory;
static int agents, strategies, seconds;
static atomic_bool is_over;

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "Agents: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(const char *role) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s/fusebox.sock", directory, role);
    int peer = socket(AF_UNIX, SOCK_STREAM, 0);
    if (peer < 0 || connect(peer, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    return peer;
}

static void write_all(int peer, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(peer, bytes, count);
        if (written < 0) fail("write");
        bytes += written;
        count -= (size_t)written;
    }
}

// Reads until the bytes contain a text. Its beginning must not repeat within it.
static void read_until(int peer, const char *text) {
    static char bytes[65536];
    size_t kept = 0;
    for (;;) {
        ssize_t count = read(peer, bytes + kept, sizeof bytes - kept);
        if (count <= 0) fail("the hub closed the connection");
        size_t all = kept + (size_t)count;
        if (memmem(bytes, all, text, strlen(text))) return;
        kept = strlen(text) < all ? strlen(text) : all;
        memmove(bytes, bytes + all - kept, kept);
    }
}

static int greet(const char *name, int number, int count) {
    int peer = connect_to("agent");
    static char bytes[1 << 20];
    int length = snprintf(
        bytes, sizeof bytes,
        "{\"t\":\"hello\",\"v\":1,\"agent\":\"%s\",\"instance\":\"%032x\",\"pid\":1,"
        "\"client\":\"bench/1\"}\n", name, number);
    write_all(peer, bytes, (size_t)length);
    read_until(peer, "\"welcome\"");
    length = 0;
    for (int n = 0; n < count; n++)
        length += snprintf(
            bytes + length, sizeof bytes - (size_t)length,
            "{\"t\":\"strategy\",\"s\":\"svc%d/s%02d\",\"kind\":\"retry+breaker\","
            "\"target\":\"t%d\",\"can\":[\"open\",\"reset\"],"
            "\"breaker\":{\"state\":\"closed\",\"version\":0}}\n", n % 5, n, n % 7);
    write_all(peer, bytes, (size_t)length);
    return peer;
}

static uint32_t random_state = 7;
static unsigned pick(unsigned low, unsigned high) {
    random_state = random_state * 1664525u + 1013904223u;
    return low + (random_state >> 8) % (high - low + 1);
}

// Lines for one agent and round, with the number of the round left blank.
struct burst {
    char *bytes;
    size_t length;
    size_t *numbers;
    unsigned long ok;
};

static struct burst make_burst(void) {
    struct burst burst = {
        .bytes = malloc((size_t)strategies * line_bytes),
        .numbers = calloc((size_t)strategies, sizeof(size_t))};
    if (!burst.bytes || !burst.numbers) fail("malloc");
    for (int n = 0; n < strategies; n++) {
        char *line = burst.bytes + burst.length;
        int length = snprintf(line, line_bytes, "{\"t\":\"delta\",\"s\":\"svc%d/s%02d\",\"n\":", n % 5, n);
        burst.numbers[n] = burst.length + (size_t)length;
        unsigned ok = pick(5, 20), failed = pick(0, 4) > 2 ? pick(1, 2) : 0, bucket = pick(140, 150);
        length += snprintf(
            line + length, line_bytes - (size_t)length,
            "1000000,\"ms\":500,\"ok\":%u,\"failed\":%u,\"attempts\":%u,\"retries\":{\"0\":%u,\"1\":1},"
            "\"errors\":{\"TimeoutError\":%u},\"latency\":[[%u,%u],[%u,1]]}\n",
            ok, failed, ok + failed + 1, ok, failed, bucket, ok, bucket + 3);
        burst.length += (size_t)length;
        burst.ok += ok;
    }
    return burst;
}

static unsigned long sent_ok;
static double driver_cpu;
static double worst_lateness;
static unsigned long rounds_sent;

static void *drive(void *given) {
    int *peers = given;
    enum { kinds = 64 };
    struct burst bursts[kinds];
    for (int kind = 0; kind < kinds; kind++) bursts[kind] = make_burst();
    double began = now(CLOCK_MONOTONIC);
    for (int round = 0; round < 2 * seconds; round++) {
        for (int kind = 0; kind < kinds; kind++)
            for (int n = 0; n < strategies; n++) {
                char number[8];
                snprintf(number, sizeof number, "%07d", 1000001 + round);
                memcpy(bursts[kind].bytes + bursts[kind].numbers[n], number, 7);
            }
        for (int index = 0; index < agents; index++) {
            double due = began + 0.5 * round + 0.5 * index / agents;
            double wait = due - now(CLOCK_MONOTONIC);
            if (wait > 0.0005) usleep((useconds_t)(wait * 1e6));
            if (-wait > worst_lateness) worst_lateness = -wait;
            struct burst *burst = &bursts[(unsigned)(index + round * 7) % kinds];
            write_all(peers[index], burst->bytes, burst->length);
            sent_ok += burst->ok;
        }
        rounds_sent++;
    }
    driver_cpu = now(CLOCK_THREAD_CPUTIME_ID);
    atomic_store(&is_over, true);
    return NULL;
}

static double sent_at[probes_max], latencies[probes_max];
static int probes, arrivals;

static int compare(const void *a, const void *b) {
    double one = *(const double *)a, two = *(const double *)b;
    return (one > two) - (one < two);
}

// Sends probes, and reads the stream until the agents have stopped and every probe has arrived.
static unsigned long watch(int probe, int viewer) {
    enum { capacity = 1 << 18 };
    static char bytes[capacity + 1];
    size_t kept = 0;
    unsigned long total = 0;
    double next = now(CLOCK_MONOTONIC) + 0.5, end = 0;
    for (;;) {
        double time = now(CLOCK_MONOTONIC);
        bool over = atomic_load(&is_over);
        if (over && end == 0) end = time + 3;
        if (over && (arrivals == probes || time > end)) return total;
        if (!over && time >= next && probes < probes_max) {
            char line[256];
            int length = snprintf(
                line, sizeof line,
                "{\"t\":\"breaker\",\"s\":\"svc0/s00\",\"from\":\"%s\",\"to\":\"%s\",\"version\":%d,"
                "\"by\":\"policy\",\"why\":\"x\"}\n",
                probes % 2 ? "open" : "closed", probes % 2 ? "closed" : "open", probes + 1);
            sent_at[probes++] = time;
            write_all(probe, line, (size_t)length);
            next += 0.02;
        }
        struct pollfd wanted = {.fd = viewer, .events = POLLIN};
        if (poll(&wanted, 1, 1) <= 0) continue;
        ssize_t count = read(viewer, bytes + kept, capacity - kept);
        if (count <= 0) fail("the hub closed the viewer's connection");
        total += (unsigned long)count;
        double arrived = now(CLOCK_MONOTONIC);
        size_t all = kept + (size_t)count;
        char *newline = memrchr(bytes, '\n', all);
        size_t whole = newline ? (size_t)(newline + 1 - bytes) : 0;
        char *line = bytes;
        while ((line = memmem(line, whole - (size_t)(line - bytes), "{\"t\":\"breaker\"", 14))) {
            char *version = strstr(line, "\"version\":");
            int number = version ? atoi(version + 10) : 0;
            if (number >= 1 && number <= probes)
                latencies[arrivals++] = arrived - sent_at[number - 1];
            line += 14;
        }
        kept = all - whole;
        memmove(bytes, bytes + whole, kept);
    }
}

// Sums the calls that ended with a result in a new keyframe.
static unsigned long keyframe(double *took, unsigned long *size) {
    static const char watching[] = "{\"t\":\"watch\",\"v\":1,\"figures\":false,\"history_ms\":0}\n";
    double began = now(CLOCK_MONOTONIC);
    int viewer = connect_to("view");
    write_all(viewer, watching, sizeof watching - 1);
    FILE *stream = fdopen(viewer, "r");
    char *line = NULL;
    size_t room = 0;
    unsigned long sum = 0;
    for (ssize_t length; (length = getline(&line, &room, stream)) > 0;) {
        *size += (unsigned long)length;
        if (strstr(line, "\"t\":\"keyframe_end\"")) break;
        char *ok = strstr(line, "\"t\":\"total\"") ? strstr(line, "\"ok\":") : NULL;
        if (ok) sum += strtoul(ok + 5, NULL, 10);
    }
    *took = now(CLOCK_MONOTONIC) - began;
    fclose(stream);
    free(line);
    return sum;
}

int main(int count, char **words) {
    if (count != 6) {
        fprintf(stderr, "usage: Agents DIRECTORY AGENTS STRATEGIES SECONDS full|second|none|-\n");
        return 64;
    }
    directory = words[1];
    agents = atoi(words[2]);
    strategies = atoi(words[3]);
    seconds = atoi(words[4]);
    const char *detail = words[5];
    int *peers = calloc((size_t)agents, sizeof *peers);
    for (int index = 0; index < agents; index++) {
        char name[32];
        snprintf(name, sizeof name, "a%d", index % 50);
        peers[index] = greet(name, index + 1, strategies);
    }
    int probe = greet("probe", agents + 1, 1);
    int viewer = -1;
    if (strcmp(detail, "-") != 0) {
        const char *asked =
            strcmp(detail, "full") == 0 ? "{\"t\":\"watch\",\"v\":1,\"history_ms\":0}\n"
            : strcmp(detail, "second") == 0
                ? "{\"t\":\"watch\",\"v\":1,\"by_second\":true,\"history_ms\":0}\n"
                : "{\"t\":\"watch\",\"v\":1,\"figures\":false,\"history_ms\":0}\n";
        viewer = connect_to("view");
        write_all(viewer, asked, strlen(asked));
        read_until(viewer, "\"keyframe_end\"");
    }
    printf("start\n");
    fflush(stdout);
    pthread_t thread;
    double began = now(CLOCK_MONOTONIC);
    pthread_create(&thread, NULL, drive, peers);
    unsigned long received = 0;
    if (viewer >= 0) received = watch(probe, viewer);
    double viewer_cpu = now(CLOCK_THREAD_CPUTIME_ID);
    pthread_join(thread, NULL);
    double took = now(CLOCK_MONOTONIC) - began;
    printf("end\n");
    fflush(stdout);
    double keyframe_took;
    unsigned long keyframe_size = 0, counted = keyframe(&keyframe_took, &keyframe_size);
    qsort(latencies, (size_t)arrivals, sizeof *latencies, compare);
    printf(
        "{\"lines\":%lu,\"calls_sent\":%lu,\"calls_counted\":%lu,\"seconds\":%.3f,"
        "\"agents_cpu\":%.3f,\"viewer_cpu\":%.3f,\"late_ms\":%.2f,\"received\":%lu,\"probes\":%d,"
        "\"arrived\":%d,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"keyframe_ms\":%.1f,"
        "\"keyframe_bytes\":%lu}\n",
        rounds_sent * (unsigned long)agents * (unsigned long)strategies, sent_ok, counted, took,
        driver_cpu, viewer_cpu, 1000 * worst_lateness, received, probes, arrivals,
        arrivals ? 1000 * latencies[arrivals / 2] : -1, arrivals ? 1000 * latencies[arrivals * 99 / 100] : -1,
        arrivals ? 1000 * latencies[arrivals - 1] : -1, 1000 * keyframe_took, keyframe_size);
    return 0;
}
