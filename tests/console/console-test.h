/* console-test.h: what the display tests of the console share */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Runs the main loop until `condition` is true; fails the test after ten seconds. */
#define console_test_wait(condition)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 wait_until_ = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                            \
    gboolean is_met_;                                                                              \
    while (!(is_met_ = (condition)) && g_get_monotonic_time () < wait_until_)                      \
      console_test_iterate ();                                                                     \
    if (!is_met_)                                                                                  \
      g_assertion_message_expr (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, #condition);          \
  }                                                                                                \
  G_STMT_END

void
console_test_iterate (void);

/* gtk_test_init, libadwaita, the program's resources and style. */
void
console_test_init (int *argc, char ***argv);

/* A window round `child`, presented and drawn once. (transfer full by gtk_window_destroy ()) */
GtkWindow *
console_test_show (GtkWidget *child, int width, int height);

/* Presents a window and writes it as PNG to $MUNIMENT_SHOTS/NAME.png, when that is set. */
void
console_test_shoot (GtkWindow *window, const char *name);

/* The same with what has a surface of its own and is shown: a popover. */
void
console_test_shoot_native (GtkWidget *widget, const char *name);

/* Every button in the tree has text or an accessible label. */
void
console_test_check_labels (GtkWidget *root);

/* The newest open window of this type, or NULL. */
GtkWindow *
console_test_find_window (GType type);

/* Answers a message dialog as its button does, and closes it. */
void
console_test_respond (GtkWindow *dialog, const char *response);

G_END_DECLS
