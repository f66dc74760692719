/* mun-application.h: the application: actions, shortcuts, the window, saved servers, the embedded
 * server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-embedded-server.h"
#include "mun-operations.h"
#include "mun-server-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MUN_TYPE_APPLICATION (mun_application_get_type ())
G_DECLARE_FINAL_TYPE (MunApplication, mun_application, MUN, APPLICATION, AdwApplication)

MunApplication *
mun_application_new (GApplicationFlags flags);
/* The running application, as g_application_get_default () gives it. */
MunApplication *
mun_application_get (void);

MunOperations *
mun_application_get_operations (MunApplication *self);
/* Saved servers, and the one on this computer; borrowed. */
MunServerList *
mun_application_get_servers (MunApplication *self);
MunEmbeddedServer *
mun_application_get_embedded (MunApplication *self);
/* The application's GSettings (org.muniment.Console); borrowed. */
GSettings *
mun_application_get_settings (MunApplication *self);

/* One row of the accelerator table: what the shortcuts window must show. */
typedef struct {
  const char *action; /* detailed action name */
  const char *accels[4];
} MunAccelerator;

const MunAccelerator *
mun_application_list_accelerators (guint *n_accelerators);

G_END_DECLS
