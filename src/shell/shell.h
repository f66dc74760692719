/* shell.h: munimentctl, every function of a server from a terminal or a script */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lives here (no function of a server is named in this folder: src/protocol's table declares
 * them):
 *
 *   options.h         the options of munimentctl itself
 *   function-line.h   the arguments of one function, as options made from the table
 *   help.h            the list of functions
 *   completion.h      what may stand at the cursor of a shell
 *   input.h           secrets and files: standard input, files, a prompt without echo
 *   known-servers.h   certificates that were accepted before
 *   session.h         connects, calls one function, follows it to its end
 *   progress.h        how far a long function is, on standard error
 *   print.h           a result as text or JSON
 *   words.h           errors in words for people */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit statuses; scripts rely on them. */
typedef enum {
  MUN_EXIT_SUCCEEDED = 0,
  MUN_EXIT_FAILED = 1,     /* the server says that the function failed, or does not have it */
  MUN_EXIT_USAGE = 2,      /* nothing was sent: options or arguments are wrong */
  MUN_EXIT_CONNECTION = 3, /* connection, certificate or sign-in */
  MUN_EXIT_CANCELLED = 130 /* as shells report a program that Ctrl+C ended */
} MunExit;

G_END_DECLS
