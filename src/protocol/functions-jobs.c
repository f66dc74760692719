/* functions-jobs.c: the functions of the group "Jobs" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Jobs")

/* "date" alone runs once, "interval" repeats, "time" is daily, with "dayOfWeek" weekly, with
 * "dayOfMonth" monthly. */
#define SCHEDULE                                                                                   \
  OPTIONAL ("date", STRING, N_ ("Run once: YYYY-MM-DDTHH:MM:SS")),                                 \
      OPTIONAL ("interval", NUMBER,                                                                \
                N_ ("Run every so many minutes: 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720")), \
      OPTIONAL ("time", STRING, N_ ("Run at this time of day: HH:MM")),                            \
      OPTIONAL ("dayOfWeek", STRING, N_ ("Run on this day of the week, in English")),              \
      OPTIONAL ("dayOfMonth", STRING, N_ ("Run on this day of the month: 1 to 31, or Last"))

const MunFunctionSpec mun_functions_jobs[] = {
  FUNCTION_PLAIN ("GetJobs", 0, "[{id, name, action, owner, enabled, schedule}]",
                  N_ ("List the jobs")),
  FUNCTION ("GetJobResults", 0, "[{jobId, jobName, startTime, completeTime, result}]",
            N_ ("List the runs of jobs in a period"), FROM_INCLUDING, TO_EXCLUDING,
            TIME_ZONE ("timeZoneId"), OPTIONAL ("jobId", NUMBER, N_ ("Only runs of this job"))),
  FUNCTION ("CreateJob", 0, "null", N_ ("Create a job"),
            OPTIONAL ("name", STRING, N_ ("Name of the job")),
            OPTIONAL ("action", STRING, N_ ("Command line: Function --argument=\"value\"")),
            OPTIONAL ("owner", STRING, N_ ("Administrator whose job it is")),
            OPTIONAL ("timeZoneId", STRING, N_ ("Time zone: $Local or a Windows time zone name")),
            SCHEDULE),
  FUNCTION ("RenameJob", 0, "null", N_ ("Rename a job"), JOB_ID,
            REQUIRED ("name", STRING, N_ ("New name"))),
  FUNCTION ("SetJobEnabled", 0, "null", N_ ("Switch a job on or off"), JOB_ID,
            REQUIRED ("enabled", BOOL, N_ ("true switches it on"))),
  FUNCTION ("SetJobSchedule", 0, "null", N_ ("Set when a job runs"), JOB_ID,
            TIME_ZONE ("timeZoneId"), SCHEDULE),
  FUNCTION ("DeleteJob", 0, "null", N_ ("Delete a job"), JOB_ID),
  FUNCTION ("RunJobAsync", 0, "null", N_ ("Start a job and return at once"), JOB_ID),
  FUNCTION ("CancelJobAsync", 0, "null", N_ ("Ask a running job to stop"), JOB_ID),
  FUNCTION_END,
};
