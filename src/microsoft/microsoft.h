/* microsoft.h: map of the folder, and all of its public headers */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How Muniment talks to Microsoft 365. Everything here blocks and belongs on a worker thread; every
 * call that reaches the network takes a GCancellable.
 *
 *   cloud.[ch]         the national clouds and their addresses; more of them from a file
 *   assertion.[ch]     the signed client assertion (JWT), RFC 7523
 *   http.[ch]          one request and its whole answer: TLS of the cloud, no redirects
 *   entra.[ch]         the application's access token: sign-in, cache, fallback to RS256
 *   entra-error.c      its refusals
 *   entra-words.c      what an AADSTS number means to an administrator
 *   graph.[ch]         Microsoft Graph: throttling, retries, renewed tokens, paging
 *   graph-error.c      its refusals, as errors and in words
 *   directory.[ch]     users, groups, members
 *   mailbox.[ch]       folders, changes in a folder, messages as MIME
 *   registration.[ch]  does this application have what it needs, and what is missing
 */

#pragma once

#include "cloud.h"
#include "directory.h"
#include "entra.h"
#include "graph.h"
#include "mailbox.h"
#include "registration.h"
