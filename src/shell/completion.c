/* completion.c: what may stand at the cursor of a shell */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "completion.h"

#include "options.h"
#include "protocol.h"

#include <string.h>

/* bash hands "--output=json" over as three words, "--config=@file" too: they become one again. */
static GPtrArray *
join_words (const char *const *words)
{
  GPtrArray *joined = g_ptr_array_new_with_free_func (g_free);
  gboolean glue = FALSE;

  for (; words != NULL && *words != NULL; words++) {
    gboolean joint = **words != '\0' && (*words)[strspn (*words, "=:@")] == '\0';

    if (joined->len > 0 && (joint || glue)) {
      char **last = (char **)&joined->pdata[joined->len - 1];
      char *longer = g_strconcat (*last, *words, NULL);

      g_free (*last);
      *last = longer;
    } else {
      g_ptr_array_add (joined, g_strdup (*words));
    }
    glue = joint;
  }
  if (joined->len == 0)
    g_ptr_array_add (joined, g_strdup (""));
  return joined;
}

static const GOptionEntry *
find_entry (const GOptionEntry *entries, const char *word)
{
  for (; entries->long_name != NULL; entries++) {
    if (g_str_has_prefix (word, "--") && strcmp (word + 2, entries->long_name) == 0)
      return entries;
    if (word[0] == '-' && entries->short_name != 0 && word[1] == entries->short_name
        && word[2] == '\0')
      return entries;
  }
  return NULL;
}

/* Whether the word after @word is its value. */
static gboolean
wants_value (const GOptionEntry *entries, const char *word)
{
  const GOptionEntry *entry = find_entry (entries, word);

  return entry != NULL && entry->arg != G_OPTION_ARG_NONE;
}

/* What stands there already and wants a value is no help. */
static void
offer (GStrvBuilder *builder, const char *typed, const char *candidate)
{
  gboolean done = strcmp (candidate, typed) == 0 && g_str_has_suffix (typed, "=");

  if (g_str_has_prefix (candidate, typed) && !done)
    g_strv_builder_add (builder, candidate);
}

static void
offer_value (GStrvBuilder *builder, const char *typed, const char *name, const char *value)
{
  g_autofree char *candidate = g_strdup_printf ("--%s=%s", name, value);

  offer (builder, typed, candidate);
}

static void
offer_entries (GStrvBuilder *builder, const GOptionEntry *entries, const char *typed)
{
  for (; entries->long_name != NULL; entries++) {
    g_autofree char *candidate = g_strdup_printf ("--%s%s", entries->long_name,
                                                  entries->arg != G_OPTION_ARG_NONE ? "=" : "");

    if (*entries->long_name != '\0' && !(entries->flags & G_OPTION_FLAG_HIDDEN))
      offer (builder, typed, candidate);
  }
}

static gboolean
is_given (GPtrArray *words, const char *name)
{
  g_autofree char *option = g_strconcat ("--", name, NULL);

  for (guint i = 0; i + 1 < words->len; i++) {
    const char *word = g_ptr_array_index (words, i);
    gsize length = strlen (option);

    if (g_str_has_prefix (word, option) && (word[length] == '\0' || word[length] == '='))
      return TRUE;
  }
  return FALSE;
}

/* Values are offered only where they are few. */
static void
offer_arguments (GStrvBuilder *builder, const MunFunctionSpec *spec, GPtrArray *words,
                 const char *typed)
{
  for (guint i = 0; i < spec->n_args; i++) {
    const MunArgSpec *arg = &spec->args[i];

    if (is_given (words, arg->name))
      continue;
    if (arg->type == MUN_ARG_BOOL) {
      offer_value (builder, typed, arg->name, "true");
      offer_value (builder, typed, arg->name, "false");
    } else {
      offer_value (builder, typed, arg->name, arg->secret || arg->type == MUN_ARG_JSON ? "@" : "");
    }
  }
}

GStrv
mun_complete (const char *const *all)
{
  g_autoptr (GPtrArray) words = join_words (all);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (MunShellOptions) options = mun_shell_options_new ();
  const GOptionEntry *entries = mun_shell_options_entries (options);
  const char *typed = g_ptr_array_index (words, words->len - 1);
  const MunFunctionSpec *spec = NULL;
  gboolean is_value = FALSE;
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);

  for (guint i = 0; i + 1 < words->len; i++) {
    const char *word = g_ptr_array_index (words, i);

    if (!is_value && *word != '-' && spec == NULL)
      spec = mun_function_lookup (word);
    is_value = !is_value && wants_value (entries, word);
  }
  if (is_value)
    return g_strv_builder_end (builder);
  if (*typed != '-' && spec == NULL) {
    for (guint i = 0; i < n; i++)
      offer (builder, typed, list[i].name);
    return g_strv_builder_end (builder);
  }
  if (spec != NULL)
    offer_arguments (builder, spec, words, typed);
  if (*typed == '-') {
    offer_entries (builder, entries, typed);
    offer_value (builder, typed, "output", "text");
    offer_value (builder, typed, "output", "json");
  }
  return g_strv_builder_end (builder);
}
