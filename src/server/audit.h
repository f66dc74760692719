/* audit.h: what the audit log says about calls of the Administration API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "handler.h"

/* Every function that changes or starts something is recorded with its arguments (secret ones as
 * "***") and its outcome; long ones also when they start, because their end may never come. */
void
mun_audit_call_begins (MunCall *call);
void
mun_audit_call_ended (MunCall *call, const GError *error);

/* Returns: (nullable): the event's name, NULL for functions that only read. */
const char *
mun_audit_lookup_event (const char *function);
