/* functions-indexes.c: the functions of the group "Search Indexes" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Search Indexes")

const MunFunctionSpec mun_functions_indexes[] = {
  FUNCTION ("GetStoreIndexes", SERVED, "[{folder, needsRebuild, selectedForRebuild, …}]",
            N_ ("List the search indexes"),
            OPTIONAL ("id", NUMBER, N_ ("Number of the archive store; absent: all stores"))),
  FUNCTION ("RebuildStoreIndex", SERVED | LONG, "null", N_ ("Rebuild one search index"), STORE_ID,
            REQUIRED ("folder", STRING, N_ ("Name of the archive"))),
  FUNCTION_PLAIN ("SelectAllStoreIndexesForRebuild", SERVED, "null",
                  N_ ("Select all search indexes for a rebuild")),
  FUNCTION_PLAIN ("RebuildSelectedStoreIndexes", SERVED | LONG, "null",
                  N_ ("Rebuild the selected search indexes")),
  FUNCTION_END,
};
