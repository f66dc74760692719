/* acceptor.h: takes connections for a SoupServer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

/* In place of soup_server_listen(): libsoup 3.2 never frees the socket of a connection it accepted,
 * and stops listening for good when one cannot be accepted, as when all file descriptors are in
 * use. */
typedef struct _MunAcceptor MunAcceptor;

/**
 * mun_acceptor_new:
 * @server: gets the connections; its own TLS certificate is not looked at
 * @certificate: (nullable): what the server shows its clients; NULL for HTTP without TLS
 *
 * Works on the thread-default main context of this call.
 */
MunAcceptor *
mun_acceptor_new (SoupServer *server, GTlsCertificate *certificate);
/* For tests: how long a client may keep the server waiting before its connection is closed. Counts
 * for connections that come later. */
void
mun_acceptor_set_patience (MunAcceptor *self, guint milliseconds);
/* Stops listening; connections that were handed to the server stay with it. */
void
mun_acceptor_free (MunAcceptor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunAcceptor, mun_acceptor_free)

/**
 * mun_acceptor_listen:
 * @address: an IPv4 or IPv6 address (IPv6 means IPv6 alone) with a port, or 0 for any free one
 * @port: (out) (optional): the port that it has become
 *
 * Fails with a GIOError that does not name the address.
 */
gboolean
mun_acceptor_listen (MunAcceptor *self, GSocketAddress *address, guint16 *port, GError **error);
