/* faults.h: what the control interface asked to go wrong */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tenant.h"

/* TRUE when this request was answered by a failure that was asked for. */
gboolean
tenant_faults_fail (Tenant *self, SoupServerMessage *message, const char *path);

/* Retry-After in seconds when this request is to be throttled, else 0. `mailbox` NULL: a directory
 * request. */
guint
tenant_faults_throttle (Tenant *self, const char *mailbox);

void
tenant_faults_retry_after (SoupServerMessage *message, int seconds);

/* TRUE when the body was cut: the connection is gone, `message` must not be answered any more. */
gboolean
tenant_faults_cut (Tenant *self, SoupServerMessage *message);
