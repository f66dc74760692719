/* client.h: the archive server seen from a desktop */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lives here (libsoup 3, asynchronous only; console and shell use it, the server does not):
 *
 *   server-certificate.h   what a server showed in the TLS handshake, for the person who decides
 *   transport.h            one HTTPS origin: certificate pinning, no redirects, limits, errors that
 *                          mean something
 *   admin-client.h         MunAdminClient: the Administration API, one call after the other
 *   remote-operation.h     MunRemoteOperation: one long function, followed by get-status
 *   archive-client.h       MunArchiveClient: the Web Access API: folders, messages, upload
 *   remote-search.h        MunRemoteSearch: one search and its pages
 *   saved-searches.h       the searches that the account keeps by name
 *
 * Everything works with a MailStore Server too: keys may be missing, unknown ones are kept. */

#pragma once

#include "admin-client.h"
#include "archive-client.h"
#include "remote-operation.h"
#include "remote-search.h"
#include "saved-searches.h"
#include "server-certificate.h"
#include "transport.h"
