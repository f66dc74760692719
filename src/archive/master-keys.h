/* master-keys.h: MunMaster continued: the master key, and those before it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "master.h"

G_BEGIN_DECLS

/* A key that was replaced stays here, sealed with the one that replaced it: what could not be
 * sealed anew then (a store that was detached, out of reach, or comes back out of a backup) is
 * opened with it later. */

/* mun_master_prefer_key: takes @next for the key it was opened with, when a renewal has committed to
 * it. Returns: whether it has. */
gboolean
mun_master_prefer_key (MunMaster *self, MunSecret *next);
/* mun_master_renew_key: seals all secrets with @next, in one transaction; it holds from then on.
 * What the present key does not open stays as it is: @kept counts that, @sealed the others. */
gboolean
mun_master_renew_key (MunMaster *self, MunSecret *next, guint *sealed, guint *kept, GError **error);
MunSecret *
mun_master_dup_key (MunMaster *self);
/* mun_master_list_old_keys: MunSecret, the latest first; empty when there are none. */
GPtrArray *
mun_master_list_old_keys (MunMaster *self, GError **error);

G_END_DECLS
