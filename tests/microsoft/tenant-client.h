/* tenant-client.h: a running simulated tenant, for the tests of src/microsoft */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "microsoft.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct {
  GSubprocess *process;
  SoupSession *session;
  char *dir;
  JsonObject *ready; /* ready.json */
  const char *tenant_id;
  const char *client_id;
  MunCloud cloud;
  MunCertificate *certificate;
} TestTenant;

/* Starts muniment-tenant with so many messages; our certificate is uploaded and both roles are
 * granted. */
TestTenant *
test_tenant_new (guint messages);
void
test_tenant_free (TestTenant *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestTenant, test_tenant_free)

/* The control interface: "POST", "grant", JSON text or NULL. The reply is asserted to be good. */
JsonObject *
test_tenant_control (TestTenant *self, const char *method, const char *path, const char *body);
/* The same without a look at the reply. */
void
test_tenant_order (TestTenant *self, const char *path, const char *body);
GBytes *
test_tenant_control_bytes (TestTenant *self, const char *method, const char *path, GBytes *body);

void
test_tenant_upload (TestTenant *self, MunCertificate *certificate);

/* Someone who signs in with our certificate; a fresh one each time. */
MunEntra *
test_tenant_sign_in (TestTenant *self);
/* Graph with retries that do not wait. */
MunGraph *
test_tenant_graph (TestTenant *self);

/* Number of the control interface's "counts". */
gint64
test_tenant_count (TestTenant *self, const char *name);

G_END_DECLS
