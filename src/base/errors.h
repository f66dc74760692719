/* errors.h: the error domain that all of Muniment shares */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MUN_ERROR (mun_error_quark ())

/* The code says what a program can do about it; the message is one English sentence for the log
 * that names the item, the step and the reason. No message ever contains a secret. */
typedef enum {
  MUN_ERROR_FAILED,              /* none of the others */
  MUN_ERROR_INVALID,             /* a value is not acceptable */
  MUN_ERROR_NOT_FOUND,           /* the item does not exist */
  MUN_ERROR_EXISTS,              /* an item of that name exists already */
  MUN_ERROR_DENIED,              /* signed in, but not allowed */
  MUN_ERROR_AUTHENTICATION,      /* wrong user name, password or key */
  MUN_ERROR_UNREACHABLE,         /* no connection, or it broke */
  MUN_ERROR_UNTRUSTED,           /* TLS certificate neither trusted nor pinned */
  MUN_ERROR_CERTIFICATE_CHANGED, /* TLS certificate is not the pinned one */
  MUN_ERROR_NOT_AN_ARCHIVE,      /* something answers there, but not an archive server */
  MUN_ERROR_PROTOCOL,            /* the reply cannot be understood */
  MUN_ERROR_UNSUPPORTED,         /* this server or build cannot do that */
  MUN_ERROR_BUSY,                /* somebody else is using it */
  MUN_ERROR_THROTTLED,           /* refused for now because of too many requests */
  MUN_ERROR_EXPIRED,             /* a token, a search or a certificate ran out */
  MUN_ERROR_NO_SPACE,            /* the disk is full */
  MUN_ERROR_DAMAGED,             /* stored data does not match its checksum */
  MUN_ERROR_READ_ONLY,           /* the store does not accept writes */
  MUN_ERROR_TOO_LARGE,           /* a limit on size or count was passed */
  MUN_ERROR_KEYRING_LOCKED,      /* the secret service is locked, or its prompt was dismissed */
  MUN_ERROR_KEYRING_UNAVAILABLE, /* there is no secret service */
  MUN_ERROR_PASSWORD_NEEDED,     /* the file is encrypted and no password was given */
  MUN_ERROR_CHANGED_ELSEWHERE    /* somebody else changed the item in between */
} MunError;

/* Returns: the quark of the domain MUN_ERROR. */
GQuark
mun_error_quark (void);

G_END_DECLS
