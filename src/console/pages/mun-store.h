/* mun-store.h: an archive store in words, and what can be done for it (no GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* `store`: an element of GetStores, of any shape. Strings are owned by the caller unless const. */

typedef enum {
  MUN_CARE_VERIFY,
  MUN_CARE_COMPACT,
  MUN_CARE_RECOVER,
  MUN_CARE_RECREATE_RECORDS,
  MUN_CARE_SET_RECOVERY_KEY,
  MUN_CARE_UNLOCK,
  MUN_N_CARES,
} MunCare;

/* The function of the contract that does it. */
const char *
mun_care_get_function (MunCare care);
/* The label of its menu item, with a mnemonic, in the user's language. */
const char *
mun_care_get_label (MunCare care);
/* What the operation is called: "Verify 2026-01". */
char *
mun_care_dup_title (MunCare care, const char *name);
/* Whether it can be done for the store as it is now. */
gboolean
mun_care_is_possible (MunCare care, JsonObject *store);
/* What `function` has done, from its result (nullable): "Verified: no faults". */
char *
mun_care_dup_outcome (const char *function, JsonNode *result);
/* Whether that is what one hopes for; a verification that found faults is not. */
gboolean
mun_care_is_good (const char *function, JsonNode *result);

/* Its catalogue or its key cannot be opened. */
gboolean
mun_store_is_broken (JsonObject *store);
/* Whether its recovery may ask for a recovery key: it has one, or nobody can say. */
gboolean
mun_store_may_need_recovery_key (JsonObject *store);
/* "current", "normal", "writeProtected", "disabled" as the user reads them; others as they are. */
const char *
mun_store_state_words (const char *state);
/* "Archive here · 1,204 messages · 81.2 GB, 40.1 GB on disk". */
char *
mun_store_dup_line (JsonObject *store);

G_END_DECLS
