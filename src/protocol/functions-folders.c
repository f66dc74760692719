/* functions-folders.c: the functions of the group "Folders and Messages" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Folders and Messages")

const MunFunctionSpec mun_functions_folders[] = {
  FUNCTION ("GetChildFolders", SERVED, "[{name, childFolders}]",
            N_ ("List archives or the folders of one"),
            OPTIONAL ("folder", STRING, N_ ("Path such as archive/Inbox; absent: the archives")),
            OPTIONAL ("maxLevels", NUMBER, N_ ("Number of levels; absent: all"))),
  FUNCTION_PLAIN ("GetFolderStatistics", SERVED, "[{folder, count, size}]",
                  N_ ("Show messages and bytes of each archive")),
  FUNCTION ("MoveFolder", SERVED, "null", N_ ("Move or rename a folder or an archive"),
            REQUIRED ("fromFolder", STRING, N_ ("Present path")),
            REQUIRED ("toFolder", STRING, N_ ("New path"))),
  FUNCTION ("DeleteEmptyFolders", SERVED, "null", N_ ("Delete folders without messages"),
            OPTIONAL ("folder", STRING, N_ ("Only below this path; absent: in all archives"))),
  FUNCTION ("GetMessages", SERVED,
            "[{id, subject, from, to, date, archivedDate, size, hasAttachments, folder}]",
            N_ ("List the messages of a folder"),
            REQUIRED ("folder", STRING, N_ ("Path of the folder"))),
  FUNCTION ("DeleteMessage", SERVED, "null", N_ ("Delete a message for good"),
            REQUIRED ("id", STRING, N_ ("Id of the message: store:number")),
            REQUIRED ("reason", STRING, N_ ("Reason, for the audit log"))),
  FUNCTION_END,
};
