/* mun-certificate-prompts.h: the small questions before a certificate is made, read or exported */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secret.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* All are modal over the window of `owner`. The function is called once with the answer, or never
 * when the user cancels or `owner` goes away first. */

typedef void (*MunCreateCertificateFunc) (GtkWidget *owner, guint bits, guint months,
                                          gpointer data);
/* Key size and validity. `replaces`: there is a certificate already, and the text says what becomes
 * of it. */
void
mun_prompt_create_certificate (GtkWidget *owner, gboolean replaces, MunCreateCertificateFunc func,
                               gpointer data);

typedef void (*MunPasswordFunc) (GtkWidget *owner, MunSecret *password, gpointer data);
/* The password of a file. `wrong`: the last answer was not right. */
void
mun_prompt_import_password (GtkWidget *owner, const char *file_name, gboolean wrong,
                            MunPasswordFunc func, gpointer data);
/* A new password, twice; not empty. */
void
mun_prompt_export_password (GtkWidget *owner, MunPasswordFunc func, gpointer data);

G_END_DECLS
