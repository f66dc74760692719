/* control.h: what the parts of the control interface share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tenant.h"

/* One request of the control interface. */
typedef struct {
  Tenant *tenant;
  SoupServerMessage *message;
  GHashTable *query;
  JsonObject *body; /* empty when the body is not a JSON object */
  GBytes *raw;
} TenantControl;

void
tenant_control_fail (TenantControl *control, guint status, const char *text);
void
tenant_control_done (TenantControl *control);

/* A value of the query or the body; NULL when absent. */
const char *
tenant_control_text (TenantControl *control, const char *name);
gint64
tenant_control_number (TenantControl *control, const char *name, gint64 fallback);

char *
tenant_control_sha256 (TenantMessage *message);

void
tenant_control_list_folders (TenantControl *control);
void
tenant_control_make_folder (TenantControl *control);
void
tenant_control_list_messages (TenantControl *control);
void
tenant_control_get_message (TenantControl *control);
void
tenant_control_add_message (TenantControl *control);
void
tenant_control_write_messages (TenantControl *control);
void
tenant_control_move_message (TenantControl *control);
void
tenant_control_remove_message (TenantControl *control);
