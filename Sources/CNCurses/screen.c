#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1

#include "include/shim.h"

#include <curses.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END };

static SCREEN *screen;
static FILE *input_file, *output_file;
static int output_descriptor = -1;
static bool entered;

static void bracketed_paste(bool on)
{
    fputs(on ? "\033[?2004h" : "\033[?2004l", output_file);
    fflush(output_file);
}

static FILE *open_copy(int descriptor, const char *mode)
{
    int copy = dup(descriptor);
    if (copy < 0)
        return NULL;
    FILE *file = fdopen(copy, mode);
    if (!file)
        close(copy);
    return file;
}

// Keys are keys: no Control-S stops the output, no Control-V or Control-O is kept back. Control-C,
// Control-Z and Control-\\ stay signals.
static void free_keys(int terminal)
{
    struct termios modes;
    if (tcgetattr(terminal, &modes) != 0)
        return;
    modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
    modes.c_lflag &= ~(tcflag_t)IEXTEN;
    if (tcsetattr(terminal, TCSADRAIN, &modes) == 0)
        def_prog_mode();
}

// The size is the terminal's own, whatever LINES and COLUMNS say; one that has none, such as a serial
// line, is as large as they say, or as its type.
static void choose_size_source(int terminal)
{
    struct winsize size;
    bool known = ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
    use_env(!known);
    use_tioctl(known);
}

bool fuse_screen_start(const char *type, int input, int output)
{
    input_file = open_copy(input, "r");
    output_file = open_copy(output, "w");
    choose_size_source(output);
    if (input_file && output_file)
        screen = newterm(type, output_file, input_file);
    if (!screen) {
        if (input_file)
            fclose(input_file);
        if (output_file)
            fclose(output_file);
        input_file = output_file = NULL;
        return false;
    }
    output_descriptor = output;
    set_term(screen);
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    free_keys(input);
    curs_set(0);
    leaveok(stdscr, TRUE);
    if (has_colors() && start_color() == OK)
        use_default_colors();
    define_key("\033[200~", PASTE_BEGIN);
    define_key("\033[201~", PASTE_END);
    bracketed_paste(true);
    entered = true;
    return true;
}

void fuse_screen_stop(void)
{
    if (!screen)
        return;
    // From the background the terminal is another's, and touching it would stop the process.
    if (entered && fuse_screen_is_foreground())
        fuse_screen_leave();
    entered = false;
    delscreen(screen);
    fclose(input_file);
    fclose(output_file);
    screen = NULL;
    input_file = output_file = NULL;
}

void fuse_screen_leave(void)
{
    bracketed_paste(false);
    curs_set(1);
    endwin();
    entered = false;
}

void fuse_screen_enter(void)
{
    fuse_screen_resize();
    // Unlike `refresh`, this also helps after a SIGSTOP, before which nothing was given back.
    reset_prog_mode();
    refresh();
    // Otherwise the arrow keys would be taught again only after the first of them.
    keypad(stdscr, TRUE);
    curs_set(0);
    bracketed_paste(true);
    entered = true;
}

bool fuse_screen_is_foreground(void)
{
    pid_t group = tcgetpgrp(output_descriptor);
    return group < 0 || group == getpgrp();
}

void fuse_screen_resize(void)
{
    struct winsize size;
    if (ioctl(output_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
    erase();
    clearok(curscr, TRUE);
}

int fuse_screen_columns(void)
{
    return getmaxx(stdscr);
}

int fuse_screen_rows(void)
{
    return getmaxy(stdscr);
}

int fuse_screen_colors(void)
{
    return has_colors() ? COLORS : 0;
}

int fuse_type_colors(const char *type)
{
    int error = 0;
    if (setupterm(type, STDOUT_FILENO, &error) != OK)
        return 0;
    int colors = tigetnum("colors");
    return colors > 0 ? colors : 0;
}

/// The number that this terminal has for an entry of xterm's palette. Direct-colour terminals
/// number the first eight alike and take red, green and blue for the rest.
static int color_number(int index)
{
    static const int ansi[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    static const int steps[6] = {0, 95, 135, 175, 215, 255};
    if (index < 8 || COLORS <= 256)
        return index;
    if (index < 16)
        return ansi[index];
    if (index >= 232)
        return (8 + 10 * (index - 232)) * 0x010101;
    index -= 16;
    return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6];
}

int fuse_pair(int foreground, int background)
{
    static SCREEN *owner;
    static int pairs;
    if (owner != screen) {
        owner = screen;
        pairs = 0;
    }
    if (!has_colors() || pairs + 1 >= COLOR_PAIRS || pairs + 1 > 32767)
        return 0;
    if (init_extended_pair(pairs + 1, color_number(foreground), color_number(background)) == ERR)
        return 0;
    return ++pairs;
}

void fuse_put(int row, int column, const uint32_t *scalars, int count, int width, int attributes,
              int pair)
{
    attr_t bits = A_NORMAL;
    if (attributes & FUSE_BOLD)
        bits |= A_BOLD;
    if (attributes & FUSE_DIM)
        bits |= A_DIM;
    if (attributes & FUSE_UNDERLINE)
        bits |= A_UNDERLINE;
    if (attributes & FUSE_REVERSE)
        bits |= A_REVERSE;

    wchar_t text[CCHARW_MAX + 1];
    int length = 0;
    for (int i = 0; i < count && length < CCHARW_MAX; i++)
        if (i == 0 || wcwidth((wchar_t)scalars[i]) == 0)
            text[length++] = (wchar_t)scalars[i];
    // The C library knows other characters than Swift: what it would draw wider or not at all is
    // replaced, so that no column moves.
    int drawn = length > 0 ? wcwidth(text[0]) : 0;
    if (drawn < 1 || drawn > width) {
        text[0] = wcwidth(0xFFFD) == 1 ? 0xFFFD : L'?';
        length = 1;
        drawn = 1;
    }
    text[length] = 0;

    cchar_t cell;
    if (setcchar(&cell, text, bits, (short)pair, NULL) == OK)
        mvadd_wch(row, column, &cell);
    if (drawn < width && setcchar(&cell, L" ", bits, (short)pair, NULL) == OK)
        mvadd_wch(row, column + 1, &cell);
}

void fuse_flush(void)
{
    wnoutrefresh(stdscr);
    doupdate();
}

void fuse_copy(const char *base64)
{
    fprintf(output_file, "\033]52;c;%s\a", base64);
    fflush(output_file);
}

int fuse_key(uint32_t *character)
{
    wint_t value = 0;
    int kind = get_wch(&value);
    if (kind == OK) {
        *character = (uint32_t)value;
        return FUSE_KEY_CHARACTER;
    }
    if (kind != KEY_CODE_YES)
        return FUSE_KEY_NONE;
    switch (value) {
    case KEY_ENTER:
        return FUSE_KEY_ENTER;
    case KEY_BTAB:
        return FUSE_KEY_BACK_TAB;
    case KEY_UP:
        return FUSE_KEY_UP;
    case KEY_DOWN:
        return FUSE_KEY_DOWN;
    case KEY_LEFT:
        return FUSE_KEY_LEFT;
    case KEY_RIGHT:
        return FUSE_KEY_RIGHT;
    case KEY_PPAGE:
        return FUSE_KEY_PAGE_UP;
    case KEY_NPAGE:
        return FUSE_KEY_PAGE_DOWN;
    case KEY_HOME:
        return FUSE_KEY_HOME;
    case KEY_END:
        return FUSE_KEY_END;
    case KEY_BACKSPACE:
        return FUSE_KEY_BACKSPACE;
    case KEY_DC:
        return FUSE_KEY_DELETE;
    case PASTE_BEGIN:
        return FUSE_KEY_PASTE_BEGIN;
    case PASTE_END:
        return FUSE_KEY_PASTE_END;
    default:
        return FUSE_KEY_OTHER;
    }
}
