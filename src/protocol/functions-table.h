/* functions-table.h: how the files of the table are written; private to functions*.c */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "functions.h"

#include <glib/gi18n.h>

/* Arguments: REQUIRED and OPTIONAL as the metadata says, SECRET ones never show up in a log or
 * argument list. */
#define REQUIRED(name, type, summary)                                                              \
  {                                                                                                \
    name, MUN_ARG_##type, FALSE, FALSE, FALSE, summary                                             \
  }
#define LENIENT(name, type, summary)                                                               \
  {                                                                                                \
    name, MUN_ARG_##type, FALSE, TRUE, FALSE, summary                                              \
  }
#define OPTIONAL(name, type, summary)                                                              \
  {                                                                                                \
    name, MUN_ARG_##type, TRUE, FALSE, FALSE, summary                                              \
  }
#define SECRET_REQUIRED(name, type, summary)                                                       \
  {                                                                                                \
    name, MUN_ARG_##type, FALSE, FALSE, TRUE, summary                                              \
  }
#define SECRET_OPTIONAL(name, type, summary)                                                       \
  {                                                                                                \
    name, MUN_ARG_##type, TRUE, FALSE, TRUE, summary                                               \
  }

/* Functions: each file defines GROUP. */
#define FUNCTION(name, flags, returns, summary, ...)                                               \
  {                                                                                                \
    name, GROUP, summary, returns, flags, (const MunArgSpec[]){ __VA_ARGS__ },                     \
        G_N_ELEMENTS (((const MunArgSpec[]){ __VA_ARGS__ }))                                       \
  }
#define FUNCTION_PLAIN(name, flags, returns, summary)                                              \
  {                                                                                                \
    name, GROUP, summary, returns, flags, NULL, 0                                                  \
  }
#define FUNCTION_END                                                                               \
  {                                                                                                \
    NULL, NULL, NULL, NULL, 0, NULL, 0                                                             \
  }

#define LONG MUN_FUNCTION_LONG
#define OWN (MUN_FUNCTION_OWN | MUN_FUNCTION_SERVED)
#define SERVED MUN_FUNCTION_SERVED
#define SECRET_ARGS MUN_FUNCTION_SECRET_ARGS

/* Arguments that many functions share. */
#define USER_NAME REQUIRED ("userName", STRING, N_ ("Name of the user"))
#define STORE_ID REQUIRED ("id", NUMBER, N_ ("Number of the archive store"))
#define PROFILE_ID REQUIRED ("id", NUMBER, N_ ("Number of the profile"))
#define JOB_ID REQUIRED ("id", NUMBER, N_ ("Number of the job"))
#define CREDENTIALS_ID REQUIRED ("id", NUMBER, N_ ("Number of the credentials"))
#define RAW REQUIRED ("raw", BOOL, N_ ("Must be true"))
#define FROM_INCLUDING                                                                             \
  REQUIRED ("fromIncluding", STRING, N_ ("Start of the period, YYYY-MM-DDTHH:MM:SS, included"))
#define TO_EXCLUDING                                                                               \
  REQUIRED ("toExcluding", STRING, N_ ("End of the period, YYYY-MM-DDTHH:MM:SS, not included"))
#define TIME_ZONE(name)                                                                            \
  REQUIRED (name, STRING, N_ ("Time zone: $Local or a Windows time zone name"))

/* The table; each ends with FUNCTION_END. */
extern const MunFunctionSpec mun_functions_users[];
extern const MunFunctionSpec mun_functions_directory[];
extern const MunFunctionSpec mun_functions_compliance[];
extern const MunFunctionSpec mun_functions_storage[];
extern const MunFunctionSpec mun_functions_indexes[];
extern const MunFunctionSpec mun_functions_jobs[];
extern const MunFunctionSpec mun_functions_profiles[];
extern const MunFunctionSpec mun_functions_folders[];
extern const MunFunctionSpec mun_functions_misc[];
