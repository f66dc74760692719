/* registration.h: whether an application's registration is what Muniment needs */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "entra.h"

G_BEGIN_DECLS

/* What archiving a tenant needs; ended by NULL. */
extern const char *const mun_registration_needed_roles[]; /* Directory.Read.All, Mail.Read */

typedef struct {
  gboolean signed_in; /* a token was issued: client id, tenant and certificate are right */
  char *algorithm;    /* "PS256", "RS256" or "" */
  GStrv roles;        /* granted: of the token and, when readable, of the assignments */
  GStrv missing;      /* needed but not granted; empty when not signed in */
  int error_code;     /* AADSTS number or 0 */
  char *message;      /* English, for the log; "" when all is well */
  char *explanation;  /* translated, for people; "" when all is well */
  char *trace_id;     /* "" when there is none */
} MunRegistrationReport;

void
mun_registration_report_free (MunRegistrationReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunRegistrationReport, mun_registration_report_free)

/* Signs in with a fresh token and compares the granted permissions with `needed_roles` (NULL:
 * mun_registration_needed_roles). A role that includes another counts for it (Mail.ReadWrite for
 * Mail.Read). A refusal by Entra ID is a report, not an error: the error is set only when the
 * answer is unknown (network, cancelled). */
MunRegistrationReport *
mun_registration_check (MunEntra *entra, const char *const *needed_roles, GCancellable *cancellable,
                        GError **error);

/* The result of TestCredentials:
 * {"signedIn","algorithm","roles","missing","errorCode","message","explanation","traceId"}. */
JsonNode *
mun_registration_report_to_json (const MunRegistrationReport *report);

G_END_DECLS
