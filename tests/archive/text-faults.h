/* text-faults.h: what munimentd-text-faults does that munimentd-text must not */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reply.h"

G_BEGIN_DECLS

/* mun_text_fault: called by main.c, in the sandbox, when it is built with MUN_TEXT_FAULTS: does what
 * a document of text_documents_fault() says, as a reader would that was taken over. */
void
mun_text_fault (GBytes *data, MunReply *reply);

G_END_DECLS
