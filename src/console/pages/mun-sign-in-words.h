/* mun-sign-in-words.h: what a test of a credential found, in words for people */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

typedef enum {
  MUN_SIGN_IN_GOOD,    /* signed in, nothing missing */
  MUN_SIGN_IN_MISSING, /* signed in, but permissions are missing */
  MUN_SIGN_IN_REFUSED, /* Entra ID did not accept the credential */
} MunSignInState;

/* Reads the result of TestCredentials, or what mun_registration_report_to_json () made on this
 * computer.
 * @thumbprint: (nullable): of the certificate that was used; named when the tenant does not know
 * it.
 * @sentence: (out) (transfer full): what happened, with the AADSTS number and what to do next. */
MunSignInState
mun_sign_in_words (JsonObject *report, const char *thumbprint, char **sentence);

/* A short line for a settings row: "Signed in · Directory.Read.All · Mail.Read". Returns: (transfer
 * full). */
char *
mun_sign_in_summary (JsonObject *report);
