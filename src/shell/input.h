/* input.h: secrets and files: standard input, files, a prompt without echo */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Everything here waits for its input: call it before a main loop runs. Standard input can be read
 * once only; the second reader gets an error. Errors: G_IO_ERROR, naming the file;
 * G_IO_ERROR_CANCELLED when Ctrl+C was pressed at a prompt. */

/* mun_input_read_line: the first line of a file without its end. @path: "-" is standard input; on a
 * terminal it is asked for with @prompt, without echo, a second time if @twice. Returns: (transfer
 * full): never empty. */
MunSecret *
mun_input_read_line (const char *path, const char *prompt, gboolean twice, GError **error);

/* mun_input_read_all: a whole file, 64 MiB at most. @path: "-" is standard input. Returns:
 * (transfer full): NUL-terminated. */
MunSecret *
mun_input_read_all (const char *path, GError **error);

/* mun_input_read_password: the password of @user: from @path, else from the systemd credential
 * "munimentctl-password", else asked for on the terminal. @path: (nullable). Returns: (transfer
 * full). Error: G_IO_ERROR_NOT_FOUND when there is neither. */
MunSecret *
mun_input_read_password (const char *path, const char *user, const char *server, GError **error);

G_END_DECLS
