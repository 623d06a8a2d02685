#define _GNU_SOURCE 1

#include "include/shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

// The only state that a signal handler shares with the program. Written by the thread that owns
// the terminal before the handlers are set and after they are gone.
static volatile sig_atomic_t signal_pipe = -1;
static volatile sig_atomic_t crash_terminal = -1;
static struct termios saved_modes;
static bool has_saved_modes;
static char restore_text[512];
static size_t restore_length;

static const int reported[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};
static const int ignored[] = {SIGPIPE, SIGXFSZ};
static const int crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
enum {
    REPORTED = sizeof reported / sizeof *reported,
    IGNORED = sizeof ignored / sizeof *ignored,
    CRASHES = sizeof crashes / sizeof *crashes,
};
static struct sigaction before_reported[REPORTED], before_ignored[IGNORED], before_crash[CRASHES];

static void report(int number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe holds signals enough: none is lost that matters.
    ssize_t written = write(signal_pipe, &byte, 1);
    (void)written;
    errno = saved;
}

/// Gives the terminal back with nothing but calls that a signal handler may make.
static void restore_terminal(void)
{
    int terminal = crash_terminal;
    if (terminal < 0)
        return;
    crash_terminal = -1;
    // From the background this would stop the process, and the terminal is another's.
    pid_t group = tcgetpgrp(terminal);
    if (group >= 0 && group != getpgrp())
        return;
    ssize_t written = write(terminal, restore_text, restore_length);
    (void)written;
    if (has_saved_modes)
        tcsetattr(terminal, TCSANOW, &saved_modes);
}

static void crash(int number, siginfo_t *info, void *context)
{
    restore_terminal();
    for (int i = 0; i < CRASHES; i++) {
        struct sigaction *before = &before_crash[i];
        if (crashes[i] != number)
            continue;
        // A handler that was installed before, such as one that prints a backtrace, sees the place of the crash.
        if ((before->sa_flags & SA_SIGINFO) && before->sa_sigaction)
            before->sa_sigaction(number, info, context);
        else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN)
            before->sa_handler(number);
    }
    struct sigaction standard = {0};
    sigemptyset(&standard.sa_mask);
    standard.sa_handler = SIG_DFL;
    sigaction(number, &standard, NULL);
    raise(number);
}

static void append(const char *text)
{
    if (!text || text == (const char *)-1)
        return;
    for (; *text && restore_length < sizeof restore_text; text++) {
        // Padding such as $<5> is for terminals of another time.
        if (text[0] == '$' && text[1] == '<') {
            const char *end = strchr(text, '>');
            if (end) {
                text = end;
                continue;
            }
        }
        restore_text[restore_length++] = *text;
    }
}

void fuse_modes_save(int terminal)
{
    has_saved_modes = tcgetattr(terminal, &saved_modes) == 0;
}

void fuse_restore_prepare(int terminal)
{
    static bool registered;
    restore_length = 0;
    append("\033[?2004l");
    append(tigetstr("sgr0"));
    append(tigetstr("op"));
    append(tigetstr("cnorm"));
    append(tigetstr("rmkx"));
    append(tigetstr("rmcup"));
    append("\r");
    crash_terminal = terminal;
    if (!registered)
        registered = atexit(restore_terminal) == 0;
}

bool fuse_signals_start(int pipe)
{
    if (signal_pipe >= 0)
        return false;
    signal_pipe = pipe;

    // The handler of a stack overflow needs a stack of its own.
    static char stack[65536];
    stack_t alternative = {0};
    if (sigaltstack(NULL, &alternative) == 0 && (alternative.ss_flags & SS_DISABLE)) {
        alternative = (stack_t){.ss_sp = stack, .ss_size = sizeof stack};
        sigaltstack(&alternative, NULL);
    }

    struct sigaction action = {0};
    sigfillset(&action.sa_mask);
    action.sa_handler = report;
    action.sa_flags = SA_RESTART;
    for (int i = 0; i < REPORTED; i++)
        sigaction(reported[i], &action, &before_reported[i]);
    action.sa_handler = SIG_IGN;
    for (int i = 0; i < IGNORED; i++)
        sigaction(ignored[i], &action, &before_ignored[i]);
    sigemptyset(&action.sa_mask);
    action.sa_sigaction = crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &action, &before_crash[i]);
    return true;
}

void fuse_signals_stop(void)
{
    if (signal_pipe < 0)
        return;
    crash_terminal = -1;
    for (int i = 0; i < REPORTED; i++)
        sigaction(reported[i], &before_reported[i], NULL);
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &before_crash[i], NULL);
    // SIGPIPE and SIGXFSZ stay ignored: sockets and files are still open.
    signal_pipe = -1;
}

void fuse_suspend(void)
{
    struct sigaction ours, standard = {0};
    sigemptyset(&standard.sa_mask);
    standard.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &standard, &ours);
    // A thread that began on one of a pool has it blocked, and would wait with it for ever.
    sigset_t stops, before;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stops, &before);
    // Not SIGSTOP: without a shell to continue it, the process must not stop, and the kernel knows.
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}
