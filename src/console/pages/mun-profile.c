/* mun-profile.c: an archiving profile in words, and while it is made or edited (no GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-profile.h"

#include "json.h"
#include "mun-words.h"
#include "text.h"

#include <glib/gi18n.h>
#include <string.h>

#define DEFAULT_EXCLUDED_FOLDERS "Junk Email,Deleted Items"

JsonObject *
mun_profile_new (MunProfileKind kind)
{
  JsonObject *profile = json_object_new ();
  gboolean files = kind == MUN_PROFILE_FILES;

  json_object_set_string_member (profile, "type", "I");
  json_object_set_string_member (profile, "connector",
                                 files ? MUN_PROFILE_CONNECTOR_FILES
                                       : MUN_PROFILE_CONNECTOR_MICROSOFT365);
  json_object_set_string_member (profile, "name", "");
  if (files) {
    mun_profile_set_detail (profile, "format", "mbox");
  } else {
    mun_profile_set_detail (profile, "scenario", "multiple");
    mun_profile_set_detail (profile, "users", "all");
    mun_profile_set_detail (profile, "synchronizeFirst", "1");
    mun_profile_set_detail (profile, "excludedFolders", DEFAULT_EXCLUDED_FOLDERS);
  }
  return profile;
}

MunProfileKind
mun_profile_get_kind (JsonObject *profile)
{
  const char *connector = mun_json_get_string (profile, "connector", "");

  if (strcmp (connector, MUN_PROFILE_CONNECTOR_MICROSOFT365) == 0)
    return MUN_PROFILE_MICROSOFT365;
  if (strcmp (connector, MUN_PROFILE_CONNECTOR_FILES) == 0
      && *mun_profile_get_detail (profile, "format") != '\0')
    return MUN_PROFILE_FILES;
  return MUN_PROFILE_OTHER;
}

gboolean
mun_profile_is_import (JsonObject *profile)
{
  return g_ascii_strcasecmp (mun_json_get_string (profile, "type", "I"), "E") != 0;
}

const char *
mun_profile_get_icon_name (JsonObject *profile)
{
  switch (mun_profile_get_kind (profile)) {
  case MUN_PROFILE_MICROSOFT365:
    return "system-users-symbolic";
  case MUN_PROFILE_FILES:
    return "folder-symbolic";
  default:
    return "network-server-symbolic";
  }
}

const char *
mun_profile_get_detail (JsonObject *profile, const char *member)
{
  JsonObject *details = mun_json_get_object (profile, "details");

  return details != NULL ? mun_json_get_string (details, member, "") : "";
}

void
mun_profile_set_detail (JsonObject *profile, const char *member, const char *value)
{
  JsonObject *details = mun_json_get_object (profile, "details");

  if (details == NULL) {
    details = json_object_new ();
    json_object_set_object_member (profile, "details", details);
  }
  json_object_set_string_member (details, member, value != NULL ? value : "");
}

GStrv
mun_profile_dup_detail_list (JsonObject *profile, const char *member)
{
  GStrv values = mun_text_split_list (mun_profile_get_detail (profile, member));

  return values != NULL ? values : g_new0 (char *, 1);
}

void
mun_profile_set_detail_list (JsonObject *profile, const char *member, const char *const *values)
{
  g_autofree char *list = mun_text_join_list (values);

  mun_profile_set_detail (profile, member, list);
}

static gboolean
is_single (JsonObject *profile)
{
  return strcmp (mun_profile_get_detail (profile, "scenario"), "single") == 0;
}

static const char *
format_words (JsonObject *profile)
{
  const char *format = mun_profile_get_detail (profile, "format");

  if (strcmp (format, "maildir") == 0)
    return _ ("Maildir folder");
  if (strcmp (format, "eml") == 0)
    return _ ("EML files");
  return _ ("mbox file");
}

static char *
users_words (JsonObject *profile)
{
  const char *users = mun_profile_get_detail (profile, "users");
  g_auto (GStrv) names = mun_profile_dup_detail_list (profile, "userNames");
  guint n = g_strv_length (names);

  if (strcmp (users, "except") == 0)
    /* Translators: behind "Microsoft 365:". */
    return g_strdup_printf (ngettext ("all users except %u", "all users except %u", n), n);
  if (strcmp (users, "only") == 0)
    return g_strdup_printf (ngettext ("only %u user", "only %u users", n), n);
  return g_strdup (_ ("all users with an email address"));
}

char *
mun_profile_dup_source (JsonObject *profile)
{
  MunProfileKind kind = mun_profile_get_kind (profile);
  g_autofree char *users = NULL;

  if (kind == MUN_PROFILE_FILES)
    /* Translators: a kind of files and where they are: "mbox file: /srv/mail/old.mbox". */
    return g_strdup_printf (_ ("%s: %s"), format_words (profile),
                            mun_profile_get_detail (profile, "path"));
  if (kind == MUN_PROFILE_OTHER)
    return g_strdup (mun_json_get_string (profile, "connector", ""));
  if (is_single (profile))
    return g_strdup_printf (_ ("Microsoft 365: %s"), mun_profile_get_detail (profile, "mailbox"));
  users = users_words (profile);
  return g_strdup_printf (_ ("Microsoft 365: %s"), users);
}

char *
mun_profile_dup_schedule (JsonObject *profile)
{
  JsonObject *schedule = mun_json_get_object (profile, "serverSideExecution");
  g_autofree char *pause = NULL;
  const char *windows;

  if (schedule == NULL || !mun_json_get_bool (schedule, "automatic", FALSE))
    return g_strdup (_ ("Runs by hand"));
  pause = mun_words_duration (mun_json_get_int (schedule, "automaticPauseBetweenExecutions", 0));
  windows = mun_json_get_string (schedule, "automaticMaintenanceWindows", "");
  if (*windows != '\0')
    /* Translators: a time such as "5 min", then the maintenance windows as the server writes them.
     */
    return g_strdup_printf (_ ("Automatic, %s between runs, pauses %s"), pause, windows);
  /* Translators: %s is a time such as "5 min". */
  return g_strdup_printf (_ ("Automatic, %s between runs"), pause);
}

char *
mun_profile_propose_name (JsonObject *profile)
{
  if (mun_profile_get_kind (profile) == MUN_PROFILE_FILES) {
    g_autofree char *name = g_path_get_basename (mun_profile_get_detail (profile, "path"));

    /* Translators: the name of a file, and the archive it goes to. */
    return g_strdup_printf (_ ("%s for %s"), name,
                            mun_profile_get_detail (profile, "targetUserFolder"));
  }
  if (is_single (profile))
    /* Translators: %s is a mailbox. */
    return g_strdup_printf (_ ("%s via Microsoft 365"),
                            mun_profile_get_detail (profile, "mailbox"));
  return g_strdup (_ ("All mailboxes via Microsoft 365"));
}

static const char *
mailboxes_obstacle (JsonObject *profile)
{
  const char *mailbox = mun_profile_get_detail (profile, "mailbox");
  const char *users = mun_profile_get_detail (profile, "users");
  const char *at = strchr (mailbox, '@');
  gboolean all = strcmp (users, "except") != 0 && strcmp (users, "only") != 0;

  if (mun_profile_get_kind (profile) == MUN_PROFILE_FILES) {
    if (*mun_profile_get_detail (profile, "path") != '/')
      return _ ("Enter the full path on the server, beginning with /");
    return *mun_profile_get_detail (profile, "targetUserFolder") == '\0' ? _ ("Choose the archive")
                                                                         : NULL;
  }
  if (mun_json_get_int (mun_json_get_object (profile, "details"), "credentialsId", 0) == 0)
    return _ ("Choose credentials first");
  if (!is_single (profile))
    return all || *mun_profile_get_detail (profile, "userNames") != '\0' ? NULL
                                                                         : _ ("Choose the users");
  if (at == NULL || at == mailbox || at[1] == '\0' || strpbrk (mailbox, " \t,;") != NULL)
    return _ ("Enter the email address of the mailbox");
  return *mun_profile_get_detail (profile, "targetUserFolder") == '\0' ? _ ("Choose the archive")
                                                                       : NULL;
}

const char *
mun_profile_find_obstacle (JsonObject *profile, const char *step)
{
  const char *obstacle = NULL;

  if (step == NULL || strcmp (step, "mailboxes") == 0)
    obstacle = mailboxes_obstacle (profile);
  if (obstacle == NULL && (step == NULL || strcmp (step, "name") == 0)) {
    g_autofree char *name = g_strstrip (g_strdup (mun_json_get_string (profile, "name", "")));

    if (*name == '\0')
      obstacle = _ ("Enter a name");
  }
  return obstacle;
}

gboolean
mun_profile_is_unfinished (JsonObject *result)
{
  return *mun_json_get_string (result, "result", "") == '\0';
}

MunResultLevel
mun_profile_get_result_level (JsonObject *result)
{
  const char *word = mun_json_get_string (result, "result", "");

  if (strcmp (word, "succeeded") == 0)
    return mun_json_get_int (result, "itemsFailed", 0) > 0 ? MUN_RESULT_WARNING : MUN_RESULT_GOOD;
  if (g_str_has_prefix (word, "completedWith") || strcmp (word, "cancelled") == 0)
    return MUN_RESULT_WARNING;
  return MUN_RESULT_BAD;
}

/* "%s skipped" and the like, when there were any. */
static void
append_count (GString *text, const char *format, gint64 count)
{
  g_autofree char *number = mun_words_count (count);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, parts[0]);
  if (parts[1] != NULL)
    g_string_append_printf (text, "%s%s", number, parts[1]);
}

char *
mun_profile_dup_result (JsonObject *result)
{
  const char *word = mun_json_get_string (result, "result", "");
  gint64 archived = mun_json_get_int (result, "itemsArchived", 0);
  gint64 skipped = mun_json_get_int (result, "itemsSkipped", 0);
  gint64 failed = mun_json_get_int (result, "itemsFailed", 0);
  gboolean interrupted = mun_json_get_bool (result, "interrupted", FALSE)
                         || strcmp (word, "disconnected") == 0 || strcmp (word, "threadAbort") == 0;
  GString *text = g_string_new (NULL);

  if (interrupted)
    g_string_append (text, _ ("Interrupted"));
  else if (strcmp (word, "cancelled") == 0)
    g_string_append (text, _ ("Cancelled"));
  else if (strcmp (word, "failed") == 0)
    g_string_append (text, _ ("Failed"));
  else if (mun_profile_is_unfinished (result))
    g_string_append (text, _ ("Running"));
  /* A server that was killed did not live to count. */
  if (archived > 0 || !interrupted)
    /* Translators: %s is a number of messages. */
    append_count (text, ngettext ("%s archived", "%s archived", archived), archived);
  if (skipped > 0)
    append_count (text, ngettext ("%s skipped", "%s skipped", skipped), skipped);
  if (failed > 0)
    append_count (text, ngettext ("%s failed", "%s failed", failed), failed);
  return g_string_free (text, FALSE);
}

char *
mun_profile_dup_progress_place (JsonObject *progress, const char *status_text)
{
  const char *mailbox = progress != NULL ? mun_json_get_string (progress, "mailbox", "") : "";
  const char *folder = progress != NULL ? mun_json_get_string (progress, "folder", "") : "";

  if (*mailbox == '\0' && *folder == '\0')
    return g_strdup (status_text != NULL && *status_text != '\0' ? status_text : _ ("Starting…"));
  if (*folder == '\0')
    return g_strdup (mailbox);
  if (*mailbox == '\0')
    return g_strdup (folder);
  return g_strdup_printf ("%s · %s", mailbox, folder);
}

static void
append_text (GString *text, const char *more)
{
  if (*more == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, more);
}

char *
mun_profile_dup_progress_figures (JsonObject *progress)
{
  GString *text = g_string_new (NULL);
  gint64 skipped = progress != NULL ? mun_json_get_int (progress, "skipped", 0) : 0;
  gint64 failed = progress != NULL ? mun_json_get_int (progress, "failed", 0) : 0;
  gint64 known, waits, remaining;
  g_autofree char *done = NULL, *size = NULL, *rate = NULL, *all = NULL, *time = NULL, *line = NULL;

  if (progress == NULL)
    return g_string_free (text, FALSE);
  waits = mun_json_get_int (progress, "waitSeconds", 0);
  if (waits > 0) {
    time = mun_words_duration (waits);
    /* Translators: Microsoft 365 slows the archiving down; %s is a time such as "12 s". */
    g_string_append_printf (text, _ ("Microsoft asks to wait %s"), time);
    g_clear_pointer (&time, g_free);
  }
  known = mun_json_get_int (progress, "known", 0);
  done = mun_words_count (mun_json_get_int (progress, "done", 0));
  if (known > 0) {
    all = mun_words_count (known);
    /* Translators: how many messages of how many are done in the folder at hand. */
    line = g_strdup_printf (_ ("%s of %s in this folder"), done, all);
  } else {
    line = mun_words_messages (mun_json_get_int (progress, "done", 0));
  }
  append_text (text, line);
  if (json_object_has_member (progress, "archived")) {
    gint64 archived = mun_json_get_int (progress, "archived", 0);

    append_count (text, ngettext ("%s archived", "%s archived", archived), archived);
  }
  rate = mun_words_rate ((double)mun_json_get_int (progress, "rate", 0));
  append_text (text, rate);
  if (mun_json_get_int (progress, "bytes", 0) > 0)
    size = mun_words_size (mun_json_get_int (progress, "bytes", 0));
  append_text (text, size != NULL ? size : "");
  if (skipped > 0)
    append_count (text, ngettext ("%s skipped", "%s skipped", skipped), skipped);
  if (failed > 0)
    append_count (text, ngettext ("%s failed", "%s failed", failed), failed);
  remaining = mun_json_get_int (progress, "remainingSeconds", 0);
  if (remaining > 0) {
    time = mun_words_duration (remaining);
    g_clear_pointer (&line, g_free);
    /* Translators: %s is a time such as "3 min". */
    line = g_strdup_printf (_ ("%s left in this folder"), time);
    append_text (text, line);
  }
  return g_string_free (text, FALSE);
}
