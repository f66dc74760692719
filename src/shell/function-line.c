/* function-line.c: the arguments of one function, as options made from the table */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "function-line.h"

#include "errors.h"
#include "help.h"
#include "input.h"
#include "json.h"

#include <glib/gi18n.h>
#include <string.h>

void
mun_function_line_free (MunFunctionLine *self)
{
  mun_shell_options_free (self->options);
  g_clear_pointer (&self->arguments, mun_arguments_unref);
  g_free (self);
}

/* A secret: from a file, or asked for, twice because nobody sees what is typed. */
static MunSecret *
read_secret (const MunArgSpec *arg, const char *path, GError **error)
{
  /* Translators: a prompt; %s is the name of an argument, such as “password” */
  g_autofree char *prompt = g_strdup_printf (_ ("%s: "), arg->name);

  if (arg->type == MUN_ARG_STRING)
    return mun_input_read_line (path, prompt, TRUE, error);
  return mun_input_read_all (path, error);
}

static void
set_type_error (const MunArgSpec *arg, const char *text, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree char *detail = NULL;

  /* The reason may quote what it stumbled over: not for secrets. */
  if (arg->type == MUN_ARG_JSON && !arg->secret)
    node = mun_json_parse (text, -1, &reason);
  if (reason != NULL)
    detail = g_strdup_printf (" (%s)", reason->message);
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
               /* Translators: name and type (string, number, bool, json) of an argument, then
                * nothing or the reason in parentheses */
               _ ("--%s: a value of type %s is expected%s"), arg->name,
               mun_arg_type_to_string (arg->type), detail != NULL ? detail : "");
}

static gboolean
set_value (MunArguments *arguments, const MunArgSpec *arg, const char *text, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (MunSecret) secret = NULL;

  if (*text == '@' && (arg->secret || arg->type == MUN_ARG_JSON)) {
    secret = read_secret (arg, text + 1, &reason);
    if (secret == NULL) {
      g_propagate_prefixed_error (error, g_steal_pointer (&reason), "--%s: ", arg->name);
      return FALSE;
    }
    text = mun_secret_get_string (secret);
  } else if (arg->secret) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 _ ("--%s: other users of this computer could read the value; write it to a file "
                    "and give --%s=@FILE, or --%s=@- for standard input"),
                 arg->name, arg->name, arg->name);
    return FALSE;
  }
  if (mun_arguments_set_text (arguments, arg->name, text, NULL))
    return TRUE;
  set_type_error (arg, text, error);
  return FALSE;
}

static gboolean
argument_cb (const char *option, const char *value, gpointer data, GError **error)
{
  MunArguments *arguments = data;
  const MunArgSpec *arg
      = mun_function_lookup_arg (mun_arguments_get_spec (arguments), option + strlen ("--"));

  return set_value (arguments, arg, value != NULL ? value : "true", error);
}

static const char *
placeholder (const MunArgSpec *arg)
{
  if (arg->secret)
    return N_ ("@FILE");
  switch (arg->type) {
  case MUN_ARG_NUMBER:
    return N_ ("NUMBER");
  case MUN_ARG_BOOL:
    return "true|false";
  case MUN_ARG_JSON:
    return N_ ("JSON|@FILE");
  case MUN_ARG_STRING:
  default:
    return N_ ("TEXT");
  }
}

static gboolean
is_required (const MunArgSpec *arg)
{
  return !arg->nullable && !arg->lenient;
}

/* The arguments of @arguments' function as a group of options. @texts owns the strings. */
static GOptionGroup *
make_group (MunArguments *arguments, GStringChunk *texts)
{
  const MunFunctionSpec *spec = mun_arguments_get_spec (arguments);
  /* Translators: a heading; %s is the name of a function */
  g_autofree char *title = g_strdup_printf (_ ("Arguments of %s:"), spec->name);
  GOptionGroup *group
      = g_option_group_new ("arguments", title, title, mun_arguments_ref (arguments),
                            (GDestroyNotify)mun_arguments_unref);
  g_autofree GOptionEntry *entries = g_new0 (GOptionEntry, spec->n_args + 1);

  for (guint i = 0; i < spec->n_args; i++) {
    const MunArgSpec *arg = &spec->args[i];
    /* Translators: follows the description of an argument */
    g_autofree char *description = is_required (arg)
                                       ? g_strconcat (_ (arg->summary), " ", _ ("(required)"), NULL)
                                       : g_strdup (_ (arg->summary));

    entries[i].long_name = arg->name;
    entries[i].flags = arg->type == MUN_ARG_BOOL ? G_OPTION_FLAG_OPTIONAL_ARG : 0;
    entries[i].arg = G_OPTION_ARG_CALLBACK;
    entries[i].arg_data = argument_cb;
    entries[i].description = g_string_chunk_insert (texts, description);
    entries[i].arg_description = g_string_chunk_insert (texts, _ (placeholder (arg)));
  }
  g_option_group_add_entries (group, entries);
  return group;
}

static GOptionContext *
make_context (MunShellOptions *options, MunArguments *arguments, GStringChunk *texts)
{
  const MunFunctionSpec *spec = mun_arguments_get_spec (arguments);
  GString *usage = g_string_new (spec->name);
  g_autofree char *description = mun_help_dup_function (spec);
  GOptionContext *context;

  for (guint i = 0; i < spec->n_args; i++)
    if (is_required (&spec->args[i]))
      g_string_append_printf (usage, " --%s=%s", spec->args[i].name,
                              _ (placeholder (&spec->args[i])));
  context = mun_shell_options_context (options, g_string_chunk_insert (texts, usage->str));
  g_string_free (usage, TRUE);
  g_option_context_set_summary (context, _ (spec->summary));
  g_option_context_set_description (context, description);
  if (spec->n_args > 0)
    g_option_context_add_group (context, make_group (arguments, texts));
  return context;
}

char *
mun_function_line_dup_help (const MunFunctionSpec *spec)
{
  g_autoptr (MunShellOptions) options = mun_shell_options_new ();
  g_autoptr (GStringChunk) texts = g_string_chunk_new (1024);
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (MunArguments) arguments = NULL;

  if (spec != NULL) {
    arguments = mun_arguments_new (spec);
    context = make_context (options, arguments, texts);
  } else {
    g_autofree char *functions = mun_help_dup_functions ();

    context = mun_shell_options_context (options, NULL);
    g_option_context_set_summary (
        context, _ ("Calls a function of an archive server and prints what it answers."));
    g_option_context_set_description (context, functions);
  }
  return g_option_context_get_help (context, FALSE, NULL);
}

/* Everything that lacks is named at once. */
static gboolean
check_arguments (MunArguments *arguments, GError **error)
{
  const MunFunctionSpec *spec = mun_arguments_get_spec (arguments);
  g_autoptr (GString) missing = g_string_new (NULL);
  g_autoptr (GError) reason = NULL;
  guint count = 0;

  for (guint i = 0; i < spec->n_args; i++) {
    if (!is_required (&spec->args[i]) || mun_arguments_has (arguments, spec->args[i].name))
      continue;
    g_string_append_printf (missing, "\n  --%s=%s  %s", spec->args[i].name,
                            _ (placeholder (&spec->args[i])), _ (spec->args[i].summary));
    count++;
  }
  if (count > 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 /* Translators: the name of a function, then a list, one line each */
                 ngettext ("%s was not sent: an argument is missing:%s",
                           "%s was not sent: arguments are missing:%s", count),
                 spec->name, missing->str);
    return FALSE;
  }
  if (mun_arguments_check (arguments, &reason))
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, _ ("%s was not sent: %s"), spec->name,
               reason->message);
  return FALSE;
}

/* The function of that name. Who errs in its case is told how it is written. */
static const MunFunctionSpec *
find_function (const char *name, GError **error)
{
  const MunFunctionSpec *spec = mun_function_lookup (name);
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);

  if (spec != NULL)
    return spec;
  for (guint i = 0; i < n; i++) {
    if (g_ascii_strcasecmp (list[i].name, name) == 0) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                   _ ("There is no function “%s”; it is written %s"), name, list[i].name);
      return NULL;
    }
  }
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               _ ("There is no function “%s”: munimentctl --help lists them"), name);
  return NULL;
}

/* A line of the Management Shell in one word, 'Function --arg="value"', becomes words. */
static char **
split_line (char **argv, char **words, GError **error)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  g_auto (GStrv) parts = NULL;
  guint n = g_strv_length (argv);

  if (words == NULL || words[1] != NULL || strpbrk (words[0], " \t\n") == NULL)
    return g_strdupv (argv);
  if (!g_shell_parse_argv (words[0], NULL, &parts, error))
    return NULL;
  builder = g_strv_builder_new ();
  for (guint i = 0; i + 1 < n; i++)
    g_strv_builder_add (builder, argv[i]);
  g_strv_builder_addv (builder, (const char **)parts);
  return g_strv_builder_end (builder);
}

/* The first look: which function is it? */
static MunShellOptions *
find_words (char **argv, GError **error)
{
  g_autoptr (MunShellOptions) options = mun_shell_options_new ();
  g_autoptr (GOptionContext) context = mun_shell_options_context (options, NULL);
  g_auto (GStrv) copy = g_strdupv (argv);

  return g_option_context_parse_strv (context, &copy, error) ? g_steal_pointer (&options) : NULL;
}

/* The second look: options of the program and arguments of the function together. */
static gboolean
parse_function (MunFunctionLine *self, char **argv, GError **error)
{
  g_autoptr (GStringChunk) texts = g_string_chunk_new (1024);
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) copy = g_strdupv (argv);

  self->arguments = mun_arguments_new (self->spec);
  context = make_context (self->options, self->arguments, texts);
  if (!g_option_context_parse_strv (context, &copy, error))
    return FALSE;
  if (self->options->help)
    return TRUE;
  if (self->options->words != NULL && self->options->words[1] != NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 _ ("“%s” is not expected here: arguments are written --name=value"),
                 self->options->words[1]);
    return FALSE;
  }
  return check_arguments (self->arguments, error);
}

MunFunctionLine *
mun_function_line_parse (char **argv, const MunFunctionSpec **function, GError **error)
{
  g_autoptr (MunFunctionLine) self = NULL;
  g_autoptr (MunShellOptions) first = find_words (argv, error);
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) all = NULL;

  *function = NULL;
  if (first == NULL)
    return NULL;
  self = g_new0 (MunFunctionLine, 1);
  if (first->words == NULL || first->version || first->complete) {
    self->options = g_steal_pointer (&first);
    return g_steal_pointer (&self);
  }
  self->options = mun_shell_options_new ();
  all = split_line (argv, first->words, error);
  if (all == NULL)
    return NULL;
  words = g_strsplit_set (g_strstrip (first->words[0]), " \t\n", 2);
  self->spec = *function = find_function (words[0], error);
  if (self->spec == NULL || !parse_function (self, all, error))
    return NULL;
  return g_steal_pointer (&self);
}

JsonObject *
mun_function_line_to_object (MunArguments *arguments)
{
  const MunFunctionSpec *spec = mun_arguments_get_spec (arguments);
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < spec->n_args; i++) {
    const char *name = spec->args[i].name;

    if (!mun_arguments_has (arguments, name))
      continue;
    switch (spec->args[i].type) {
    case MUN_ARG_NUMBER:
      json_object_set_int_member (object, name, mun_arguments_get_int (arguments, name, 0));
      break;
    case MUN_ARG_BOOL:
      json_object_set_boolean_member (object, name,
                                      mun_arguments_get_bool (arguments, name, FALSE));
      break;
    case MUN_ARG_JSON:
      json_object_set_member (object, name,
                              mun_json_copy_node (mun_arguments_get_json (arguments, name)));
      break;
    case MUN_ARG_STRING:
    default:
      json_object_set_string_member (object, name, mun_arguments_get_string (arguments, name));
      break;
    }
  }
  return object;
}
