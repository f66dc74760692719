/* large-mail.h: messages that do not get smaller, and what munimentd needs for them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire.h"

/* A message with an attachment in base64 of @length bytes that are the same for the same @seed. */
GBytes *
large_mail_new (const char *subject, gsize length, guint32 seed);
/* Uploads it. Returns: (transfer full): the path to download it from. */
char *
large_mail_upload (TestServer *server, const char *bearer, GBytes *raw);

/* GET, with further header lines, each with its end. */
void
large_mail_ask (Wire *wire, const char *path, const char *bearer, const char *headers);

/* The most memory that the server had, in bytes; reset by _reset_peak(). Returns: 0 when that says
 * nothing: under a sanitizer, or without /proc. */
gsize
large_mail_get_peak (TestServer *server);
void
large_mail_reset_peak (TestServer *server);
