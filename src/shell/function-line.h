/* function-line.h: the arguments of one function, as options made from the table */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "options.h"
#include "protocol.h"

G_BEGIN_DECLS

/* What a command line says. */
typedef struct {
  MunShellOptions *options;
  const MunFunctionSpec *spec; /* NULL: no function was named */
  MunArguments *arguments;     /* of the function; checked unless help is wanted */
} MunFunctionLine;

void
mun_function_line_free (MunFunctionLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunFunctionLine, mun_function_line_free)

/* mun_function_line_parse: reads munimentctl [OPTIONS] FUNCTION [--argument=value …], where the
 * options may also follow the function. FUNCTION and its arguments may be one word, quoted as in
 * MailStore's Management Shell. Reads the files of --argument=@FILE.
 * @argv: NULL-terminated, with the program's name. Returns: (transfer full). Errors:
 * G_OPTION_ERROR, MUN_ERROR_NOT_FOUND (no such function), MUN_ERROR_INVALID, those of input.h;
 * every message is for the person at the terminal. @function (out): (transfer none) (nullable):
 * the function in whose arguments the error is. */
MunFunctionLine *
mun_function_line_parse (char **argv, const MunFunctionSpec **function, GError **error);

/* Returns: (transfer full): help for a function, or for munimentctl when @spec is NULL. */
char *
mun_function_line_dup_help (const MunFunctionSpec *spec);

/* Returns: (transfer full): the values as mun_admin_client_call_async() wants them. */
JsonObject *
mun_function_line_to_object (MunArguments *arguments);

G_END_DECLS
