/* functions-profiles.c: the functions of the group "Profiles" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Profiles")

#define PROPERTIES_TEXT                                                                            \
  N_ ("Object with type, connector, name, owner, details, serverSideExecution")

const MunFunctionSpec mun_functions_profiles[] = {
  FUNCTION ("GetProfiles", SERVED,
            "[{id, version, owner, type, connector, name, details, serverSideExecution}]",
            N_ ("List the archiving and export profiles, without their secrets"), RAW),
  FUNCTION ("CreateProfile", SERVED | SECRET_ARGS, "{id}", N_ ("Create a profile"),
            SECRET_REQUIRED ("properties", JSON, PROPERTIES_TEXT), RAW),
  FUNCTION ("UpdateProfile", OWN | SECRET_ARGS, "null", N_ ("Replace the properties of a profile"),
            PROFILE_ID, SECRET_REQUIRED ("properties", JSON, PROPERTIES_TEXT), RAW),
  FUNCTION ("RunProfile", SERVED | LONG, "null", N_ ("Run a profile"), PROFILE_ID),
  FUNCTION ("RunTemporaryProfile", SERVED | LONG | SECRET_ARGS, "null",
            N_ ("Run a profile once without storing it"),
            SECRET_REQUIRED ("properties", JSON, PROPERTIES_TEXT), RAW),
  FUNCTION ("DeleteProfile", SERVED, "null", N_ ("Delete a profile"), PROFILE_ID),
  FUNCTION ("SetProfileServerSideExecution", 0, "null",
            N_ ("Set whether the server runs a profile by itself"), PROFILE_ID,
            REQUIRED ("automatic", BOOL, N_ ("true runs it again and again")),
            OPTIONAL ("automaticPauseBetweenExecutions", NUMBER,
                      N_ ("Pause between two runs in seconds")),
            OPTIONAL ("automaticMaintenanceWindows", STRING,
                      N_ ("Times at which it does not run"))),
  /* timeZoneID and profileID are spelled like this here, and only here. */
  FUNCTION ("GetWorkerResults", SERVED,
            "[{id, profileId, profileName, userName, machineName, startTime, completeTime, result, "
            "itemsArchived}]",
            N_ ("List the runs of profiles in a period"), FROM_INCLUDING, TO_EXCLUDING,
            TIME_ZONE ("timeZoneID"),
            OPTIONAL ("profileID", NUMBER, N_ ("Only runs of this profile")),
            OPTIONAL ("userName", STRING, N_ ("Only runs of this user's profiles"))),
  FUNCTION ("GetWorkerResultReport", SERVED, "{id, log, counts, mailboxes}",
            N_ ("Show the report of one run"), REQUIRED ("id", NUMBER, N_ ("Number of the run"))),
  FUNCTION_END,
};
