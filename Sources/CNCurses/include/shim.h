#ifndef FUSEBOX_CNCURSES_H
#define FUSEBOX_CNCURSES_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

// What `Terminal` needs of ncurses. Swift imports neither its macros nor its global variables, so
// curses.h stays inside shim.c. All functions but the signal handlers belong to one thread.

// ---- The screen

/// Starts ncurses on a terminal. `type` is a terminfo name. Returns whether it could.
bool fuse_screen_start(const char *type, int input, int output);
/// Leaves ncurses for good.
void fuse_screen_stop(void);
/// Gives the terminal back for a while, such as for SIGTSTP.
void fuse_screen_leave(void);
/// Takes it again after `fuse_screen_leave`; everything has to be drawn anew.
void fuse_screen_enter(void);
/// Adopts the size that the terminal has now; everything has to be drawn anew.
void fuse_screen_resize(void);
/// Whether the process may use the terminal now; false after `bg`.
bool fuse_screen_is_foreground(void);
int fuse_screen_columns(void);
int fuse_screen_rows(void);
/// How many colours the terminal has; 0 without colours.
int fuse_screen_colors(void);
/// How many colours a terminal of that terminfo name has, without a screen; 0 for one that is not
/// known.
int fuse_type_colors(const char *type);

/// Attribute bits of `fuse_put`.
enum { FUSE_BOLD = 1, FUSE_DIM = 2, FUSE_UNDERLINE = 4, FUSE_REVERSE = 8 };

/// The number of a pair of colours, -1 being the terminal's own; 0 when there are no more pairs.
int fuse_pair(int foreground, int background);
/// Puts one character of `width` columns, given as `count` scalars, at a place.
void fuse_put(int row, int column, const uint32_t *scalars, int count, int width, int attributes,
              int pair);
/// Sends what changed.
void fuse_flush(void);
/// Asks the terminal to take a text, given in base 64, onto its clipboard (OSC 52).
void fuse_copy(const char *base64);

// ---- Keys

enum {
    FUSE_KEY_NONE,
    FUSE_KEY_CHARACTER,
    FUSE_KEY_ENTER,
    FUSE_KEY_BACK_TAB,
    FUSE_KEY_UP,
    FUSE_KEY_DOWN,
    FUSE_KEY_LEFT,
    FUSE_KEY_RIGHT,
    FUSE_KEY_PAGE_UP,
    FUSE_KEY_PAGE_DOWN,
    FUSE_KEY_HOME,
    FUSE_KEY_END,
    FUSE_KEY_BACKSPACE,
    FUSE_KEY_DELETE,
    FUSE_KEY_PASTE_BEGIN,
    FUSE_KEY_PASTE_END,
    FUSE_KEY_OTHER,
};

/// The next key without waiting, or FUSE_KEY_NONE. The scalar of a FUSE_KEY_CHARACTER goes to
/// `character`.
int fuse_key(uint32_t *character);

// ---- Signals

/// Sends the numbers of SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT and SIGWINCH as bytes to `pipe`,
/// and ignores SIGPIPE and SIGXFSZ. To be called before ncurses starts, which then sets no handlers
/// of its own. Returns false when they are taken already.
bool fuse_signals_start(int pipe);
/// From now on restores `terminal` before the process dies of a crash or exits. To be called after
/// ncurses has started.
void fuse_restore_prepare(int terminal);
/// Puts back what was there before `fuse_signals_start`.
void fuse_signals_stop(void);
/// Remembers the modes of the terminal, as they are to be after the program.
void fuse_modes_save(int terminal);
/// Stops the process as SIGTSTP does by itself, and returns when it goes on.
void fuse_suspend(void);

#endif
