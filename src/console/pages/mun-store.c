/* mun-store.c: an archive store in words, and what can be done for it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-store.h"

#include "json.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
  const char *function;
  const char *label;
  const char *title;
} cares[MUN_N_CARES] = {
  /* Translators: in each of these %s is the name of an archive store. */
  [MUN_CARE_VERIFY] = { "VerifyStore", N_ ("_Verify Integrity"), N_ ("Verify %s") },
  [MUN_CARE_COMPACT] = { "CompactStore", N_ ("_Compact…"), N_ ("Compact %s") },
  [MUN_CARE_RECOVER] = { "RecoverStore", N_ ("_Recover…"), N_ ("Recover %s") },
  [MUN_CARE_RECREATE_RECORDS] = { "RecreateRecoveryRecords", N_ ("Recreate Recovery Rec_ords…"),
                                  N_ ("Recreate the recovery records of %s") },
  [MUN_CARE_SET_RECOVERY_KEY]
  = { "SetStoreRecoveryKey", N_ ("Set Recovery _Key…"), N_ ("Set the recovery key of %s") },
  [MUN_CARE_UNLOCK] = { "UnlockStore", N_ ("_Unlock…"), N_ ("Unlock %s") },
};

const char *
mun_care_get_function (MunCare care)
{
  return cares[care].function;
}

const char *
mun_care_get_label (MunCare care)
{
  return _ (cares[care].label);
}

char *
mun_care_dup_title (MunCare care, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (_ (cares[care].title), "%s", 2);

  return g_strjoinv (name, parts);
}

static gboolean
is_in_state (JsonObject *store, const char *state)
{
  return strcmp (mun_json_get_string (store, "requestedState", ""), state) == 0;
}

gboolean
mun_store_is_broken (JsonObject *store)
{
  return *mun_json_get_string (store, "error", "") != '\0';
}

gboolean
mun_store_may_need_recovery_key (JsonObject *store)
{
  return mun_store_is_broken (store) || mun_json_get_bool (store, "hasRecoveryKey", TRUE);
}

gboolean
mun_care_is_possible (MunCare care, JsonObject *store)
{
  gboolean is_broken = mun_store_is_broken (store);
  gboolean is_disabled = is_in_state (store, "disabled");

  switch (care) {
  case MUN_CARE_RECOVER:
    return is_broken || is_disabled;
  case MUN_CARE_UNLOCK:
    return is_broken;
  case MUN_CARE_SET_RECOVERY_KEY:
    return !is_broken;
  case MUN_CARE_VERIFY:
    return !is_broken && !is_disabled;
  default:
    /* these write */
    return !is_broken && !is_disabled && !is_in_state (store, "writeProtected");
  }
}

static JsonObject *
get_object (JsonNode *result)
{
  return result != NULL && JSON_NODE_HOLDS_OBJECT (result) ? json_node_get_object (result) : NULL;
}

static char *
describe_faults (JsonNode *result)
{
  JsonObject *object = get_object (result);
  gint64 faults = object != NULL ? mun_json_get_int (object, "faults", -1) : -1;
  g_autofree char *count = mun_words_count (faults);

  if (faults < 0)
    /* The server tells no number: the report is all there is. */
    return g_strdup (_ ("Verified"));
  if (faults == 0)
    return g_strdup (_ ("Verified: no faults"));
  /* Translators: %s is a number */
  return g_strdup_printf (ngettext ("Verified: %s fault", "Verified: %s faults", faults), count);
}

char *
mun_care_dup_outcome (const char *function, JsonNode *result)
{
  static const struct {
    const char *function, *words;
  } outcomes[] = {
    { "CompactStore", N_ ("Compacted") },
    { "RecoverStore", N_ ("Recovered from its containers") },
    { "RecreateRecoveryRecords", N_ ("Recovery records recreated") },
    { "SetStoreRecoveryKey", N_ ("Recovery key changed") },
    { "UnlockStore", N_ ("Unlocked") },
    { "RenewMasterKey", N_ ("Master key renewed") },
    { "MaintainFileSystemDatabases", N_ ("Databases of the archive stores maintained") },
    { "CompactMasterDatabase", N_ ("Master database compacted") },
  };

  if (g_str_equal (function, "VerifyStore") || g_str_equal (function, "VerifyStores"))
    return describe_faults (result);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    if (g_str_equal (function, outcomes[i].function))
      return g_strdup (_ (outcomes[i].words));
  return g_strdup (_ ("Finished"));
}

gboolean
mun_care_is_good (const char *function, JsonNode *result)
{
  JsonObject *object = get_object (result);

  return object == NULL || mun_json_get_int (object, "faults", 0) == 0;
}

const char *
mun_store_state_words (const char *state)
{
  static const struct {
    const char *state, *words;
  } states[] = {
    { "current", N_ ("Archive Here") },
    { "writeProtected", N_ ("Write-Protected") },
    { "disabled", N_ ("Disabled") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (state, states[i].state) == 0)
      return _ (states[i].words);
  /* Translators: the state of an archive store that is used, but gets no new messages */
  return strcmp (state, "normal") == 0 ? C_ ("archive store", "Normal") : state;
}

char *
mun_store_dup_line (JsonObject *store)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  gint64 count = mun_json_get_int (store, "statisticsCount", -1);
  gint64 size = mun_json_get_int (store, "statisticsSize", -1);
  gint64 stored = mun_json_get_int (store, "storedSize", -1);
  g_autofree char *messages = mun_words_messages (count);
  g_autofree char *size_text = mun_words_size (size);
  g_autofree char *stored_text = mun_words_size (stored);
  /* Translators: %s is a size: what a store takes on the disk */
  g_autofree char *on_disk = g_strdup_printf (_ ("%s on disk"), stored_text);

  g_strv_builder_add (builder,
                      mun_store_state_words (mun_json_get_string (store, "requestedState", "")));
  /* What is closed is not counted. */
  if (count >= 0 && mun_care_is_possible (MUN_CARE_VERIFY, store)) {
    g_strv_builder_add (builder, messages);
    if (size >= 0)
      g_strv_builder_add (builder, size_text);
  }
  if (stored >= 0)
    g_strv_builder_add (builder, on_disk);
  parts = g_strv_builder_end (builder);
  /* The dot stays with what is before it. */
  return g_strjoinv ("\u00a0· ", parts);
}
