/* arguments.c: the form of a call, and the line of a shell */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "arguments.h"
#include "errors.h"

static void
check_error (MunArguments *arguments, const GError *error)
{
  g_assert_true ((arguments == NULL) == (error != NULL));
  if (error == NULL)
    return;
  g_assert_true (error->domain == MUN_ERROR);
  g_assert_true (error->code == MUN_ERROR_INVALID || error->code == MUN_ERROR_TOO_LARGE
                 || error->code == MUN_ERROR_NOT_FOUND);
  fuzz_assert_text (error->message);
}

static gsize
value_length (MunArguments *arguments, const MunArgSpec *arg)
{
  if (arg->type != MUN_ARG_STRING || !mun_arguments_has (arguments, arg->name))
    return 0;
  fuzz_assert_text (mun_arguments_get_string (arguments, arg->name));
  return strlen (mun_arguments_get_string (arguments, arg->name));
}

/* What was read is written so that it reads the same. */
static void
check_values (MunArguments *arguments)
{
  const MunFunctionSpec *spec = mun_arguments_get_spec (arguments);
  g_autofree char *form = mun_arguments_encode (arguments);
  g_autofree char *words = mun_arguments_describe (arguments);
  g_autofree char *again = NULL;
  g_autoptr (MunArguments) copy = NULL;
  g_autoptr (GError) error = NULL;

  fuzz_assert_text (form);
  fuzz_assert_text (words);
  copy = mun_arguments_parse_form (spec, form, strlen (form), &error);
  g_assert_no_error (error);
  again = mun_arguments_encode (copy);
  g_assert_cmpstr (again, ==, form);
  for (guint i = 0; i < spec->n_args; i++)
    g_assert_cmpuint (value_length (arguments, &spec->args[i]), ==,
                      value_length (copy, &spec->args[i]));
}

static void
check_command (const char *line)
{
  g_autoptr (GError) error = NULL;
  const MunFunctionSpec *spec = NULL;
  g_autoptr (MunArguments) arguments = mun_arguments_parse_command (line, &spec, &error);

  check_error (arguments, error);
  if (arguments == NULL)
    return;
  g_assert_true (mun_arguments_get_spec (arguments) == spec);
  check_values (arguments);
}

/* The first line names the function, the rest is its form: or all of it is a command line. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *newline = memchr (data, '\n', size);
  gsize length = newline != NULL ? (gsize)(newline - data) : 0;
  g_autofree char *name = g_strndup ((const char *)data, length);
  g_autofree char *line = g_utf8_make_valid ((const char *)data, size);
  const MunFunctionSpec *spec = mun_function_lookup (name);

  if (spec != NULL) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MunArguments) arguments
        = mun_arguments_parse_form (spec, (const char *)newline + 1, size - length - 1, &error);

    check_error (arguments, error);
    if (arguments != NULL)
      check_values (arguments);
  }
  check_command (line);
  return 0;
}
