/* guest.h: how long the client of one connection may take, and whether it is still there */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

/* Closes the connection of a client that keeps the server waiting: for a request, for the rest of
 * one, or for a reply to be taken. What the server itself needs is not counted. */

/**
 * mun_guest_welcome:
 * @remote: the object that the connection is handed to a SoupServer with; keeps the guest
 * @patience: milliseconds for the next request, and for a body or a reply of any length; longer
 *   ones get more, as their bytes come
 */
void
mun_guest_welcome (GSocket *socket, GSocketAddress *remote, guint patience);

/* The client of this connection, once welcomed, sends no more. */
void
mun_guest_leave (GSocket *socket);
/* Returns: (transfer full) (nullable): cancelled when the client whose request this is has left */
GCancellable *
mun_guest_ref_left (SoupServerMessage *message);

/* Ends the connection of this request at once, without the farewell of TLS: what the client has got
 * is not all that it was to get. */
void
mun_guest_cut (SoupServerMessage *message);

/* Requests on the connections of guests count from now on. */
void
mun_guest_watch (SoupServer *server);
