/* functions-users.c: the functions of the group "Users" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Users")

#define PRIVILEGES_TEXT                                                                            \
  N_ ("none, admin, or a comma list of login, changePassword, archive, modifyArchiveProfiles, "    \
      "export, "                                                                                   \
      "modifyExportProfiles, delete")
#define LOGIN_PRIVILEGES_TEXT                                                                      \
  N_ ("none, or a comma list of windows, web, outlook, windowsCmd, imap, api")

const MunFunctionSpec mun_functions_users[] = {
  FUNCTION_PLAIN ("GetUsers", SERVED, "[{userName, fullName, distinguishedName}]",
                  N_ ("List all users")),
  FUNCTION ("GetUserInfo", SERVED,
            "{userName, fullName, distinguishedName, authentication, emailAddresses, "
            "pop3UserNames, privileges, "
            "privilegesOnFolders, loginPrivileges}",
            N_ ("Show one user"), USER_NAME),
  FUNCTION ("CreateUser", SERVED | SECRET_ARGS, "null", N_ ("Create a user"), USER_NAME,
            REQUIRED ("privileges", STRING, PRIVILEGES_TEXT),
            OPTIONAL ("fullName", STRING, N_ ("Full name")),
            OPTIONAL ("distinguishedName", STRING, N_ ("Name in the directory (LDAP DN)")),
            OPTIONAL ("authentication", STRING, N_ ("integrated (default) or directoryServices")),
            SECRET_OPTIONAL ("password", STRING, N_ ("Password for integrated authentication")),
            OPTIONAL ("loginPrivileges", STRING, LOGIN_PRIVILEGES_TEXT)),
  FUNCTION ("SetUserAuthentication", SERVED, "null", N_ ("Set how a user is authenticated"),
            USER_NAME, REQUIRED ("authentication", STRING, N_ ("integrated or directoryServices"))),
  FUNCTION ("SetUserDistinguishedName", SERVED, "null",
            N_ ("Set or remove a user's name in the directory"), USER_NAME,
            OPTIONAL ("distinguishedName", STRING,
                      N_ ("Name in the directory (LDAP DN); absent removes it"))),
  FUNCTION ("SetUserEmailAddresses", SERVED, "null", N_ ("Set a user's email addresses"), USER_NAME,
            OPTIONAL ("emailAddresses", STRING,
                      N_ ("Comma list; the first one is the primary address"))),
  FUNCTION ("SetUserFullName", SERVED, "null", N_ ("Set a user's full name"), USER_NAME,
            OPTIONAL ("fullName", STRING, N_ ("Full name; absent removes it"))),
  FUNCTION ("SetUserPassword", SERVED | SECRET_ARGS, "null", N_ ("Set a user's password"),
            USER_NAME, SECRET_REQUIRED ("password", STRING, N_ ("New password"))),
  FUNCTION ("SetUserPop3UserNames", SERVED, "null", N_ ("Set a user's POP3 user names"), USER_NAME,
            OPTIONAL ("pop3UserNames", STRING, N_ ("Comma list; absent removes all"))),
  FUNCTION ("SetUserPrivileges", SERVED, "null", N_ ("Set a user's privileges"), USER_NAME,
            REQUIRED ("privileges", STRING, PRIVILEGES_TEXT)),
  FUNCTION ("SetUserLoginPrivileges", SERVED, "null",
            N_ ("Set through which programs a user may log on"), USER_NAME,
            REQUIRED ("loginPrivileges", STRING, LOGIN_PRIVILEGES_TEXT)),
  FUNCTION ("SetUserPrivilegesOnFolder", SERVED, "null",
            N_ ("Set a user's privileges on an archive"), USER_NAME,
            REQUIRED ("folder", STRING, N_ ("Name of the archive")),
            REQUIRED ("privileges", STRING, N_ ("none, or a comma list of read, write, delete"))),
  FUNCTION ("ClearUserPrivilegesOnFolders", SERVED, "null",
            N_ ("Remove all of a user's privileges on archives"), USER_NAME),
  FUNCTION ("RenameUser", SERVED, "null", N_ ("Rename a user; the archive keeps its name"),
            REQUIRED ("oldUserName", STRING, N_ ("Present name")),
            REQUIRED ("newUserName", STRING, N_ ("New name"))),
  FUNCTION ("DeleteUser", SERVED, "null", N_ ("Delete a user; the archive stays"), USER_NAME),
  FUNCTION ("InitializeMFA", 0, "null", N_ ("Start a user's multi-factor enrolment again"),
            USER_NAME),
  FUNCTION ("DisableMFA", 0, "null", N_ ("Switch a user's multi-factor authentication off"),
            USER_NAME),
  FUNCTION ("DeleteAppPasswords", 0, "null", N_ ("Delete a user's app passwords"), USER_NAME),
  FUNCTION_END,
};
