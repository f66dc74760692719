/* privileges.c: the words of the contract for what a user may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "privileges.h"

#include "errors.h"
#include "text.h"

#include <string.h>

#define NAME_MAX_BYTES 255

static const char *const privileges[] = { "admin",
                                          "login",
                                          "changePassword",
                                          "archive",
                                          "modifyArchiveProfiles",
                                          "export",
                                          "modifyExportProfiles",
                                          "delete",
                                          NULL };
static const char *const folder_privileges[] = { "read", "write", "delete", NULL };
const char *const mun_privileges_login[]
    = { "windows", "web", "outlook", "windowsCmd", "imap", "api", NULL };

static gboolean
check_words (GStrv words, const char *const *known, const char *what, GError **error)
{
  gboolean several = g_strv_length (words) > 1;

  if (words[0] == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Missing %s; \"none\" takes all away", what);
    return FALSE;
  }
  for (guint i = 0; words[i] != NULL; i++) {
    if (several && (strcmp (words[i], "none") == 0 || strcmp (words[i], "admin") == 0)) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Invalid %s: \"%s\" must stand alone", what,
                   words[i]);
      return FALSE;
    }
    if (strcmp (words[i], "none") != 0 && !g_strv_contains (known, words[i])) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Invalid %s: \"%s\" is unknown", what,
                   words[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static GStrv
parse (const char *text, const char *const *known, const char *what, GError **error)
{
  g_auto (GStrv) words = mun_text_split_list (text);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!check_words (words, known, what, error))
    return NULL;
  for (guint i = 0; known[i] != NULL; i++)
    if (g_strv_contains ((const char *const *)words, known[i]))
      g_strv_builder_add (builder, known[i]);
  return g_strv_builder_end (builder);
}

GStrv
mun_privileges_parse (const char *text, GError **error)
{
  return parse (text, privileges, "privileges", error);
}

GStrv
mun_privileges_parse_login (const char *text, GError **error)
{
  return parse (text, mun_privileges_login, "login privileges", error);
}

GStrv
mun_privileges_parse_folder (const char *text, GError **error)
{
  return parse (text, folder_privileges, "privileges on the folder", error);
}

gboolean
mun_privileges_check_user_name (const char *name, GError **error)
{
  const char *reason = NULL;

  if (*name == '\0')
    reason = "it is empty";
  else if (strlen (name) > NAME_MAX_BYTES)
    reason = "it is too long";
  else if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    reason = "it is reserved";
  else if (g_ascii_isspace (name[0]) || g_ascii_isspace (name[strlen (name) - 1]))
    reason = "it begins or ends with a space";
  else if (strpbrk (name, "/\\:") != NULL)
    reason = "it contains one of / \\ :";
  for (const char *at = name; reason == NULL && *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      reason = "it contains a control character";
  if (reason != NULL)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Invalid user name \"%s\": %s", name, reason);
  return reason == NULL;
}
