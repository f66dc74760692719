#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated tenant's control interface, which stands in for the Entra admin center.

tenant.py DIR upload FILE | grant ROLE... | revoke ROLE... | users | info
DIR is what muniment-tenant was given as --dir.
"""
import hashlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request


class Tenant:
    def __init__(self, directory):
        with open(os.path.join(directory, 'ready.json')) as f:
            self.ready = json.load(f)
        self.clouds = self.ready['cloudsFile']
        self.client_id = self.ready['clientId']
        self.tenant_id = self.ready['tenantId']

    def request(self, method, path, body=None, **query):
        url = self.ready['controlUrl'] + '/control' + path
        if query:
            url += '?' + urllib.parse.urlencode(query)
        request = urllib.request.Request(url, method=method, data=body)
        request.add_header('Authorization', 'Bearer ' + self.ready['controlKey'])
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.read()

    def get(self, path, **query):
        return json.loads(self.request('GET', path, **query))

    def post(self, path, body, **query):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return json.loads(self.request('POST', path, data, **query) or b'null')

    def upload(self, certificate):
        """Publishes a .cer or .pem; the tenant's own thumbprint of it."""
        return self.post('/certificates', certificate)['thumbprint']

    def grant(self, *roles):
        self.post('/grant', {'roles': list(roles)})

    def users(self):
        reply = self.get('/users')
        return reply['users'] if isinstance(reply, dict) else reply

    def folders(self, mailbox):
        return self.get('/folders', mailbox=mailbox)['folders']

    def messages(self, mailbox):
        reply = self.get('/messages', mailbox=mailbox)
        return reply['messages'] if isinstance(reply, dict) else reply

    def message(self, mailbox, message_id):
        return self.request('GET', '/message', mailbox=mailbox, id=message_id)

    def write(self, mailbox, folder, count):
        self.post('/write', {'mailbox': mailbox, 'folder': folder, 'count': count})


def start(program, directory, messages):
    """Starts the tenant; the process (it ends when its standard input does) and its Tenant."""
    process = subprocess.Popen([program, '--dir', directory, '--messages', str(messages), '--until-stdin-ends'],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if not process.stdout.readline():
        raise RuntimeError('the simulated tenant did not start')
    return process, Tenant(directory)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def main(directory, command, *words):
    tenant = Tenant(directory)
    if command == 'upload':
        with open(words[0], 'rb') as f:
            print('Published. Thumbprint: ' + tenant.upload(f.read()))
    elif command in ('grant', 'revoke'):
        print(json.dumps(tenant.post('/' + command, {'roles': list(words)})))
    else:
        print(json.dumps(tenant.get('/' + command), indent=2))


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except urllib.error.HTTPError as refusal:
        sys.exit('The simulated tenant refuses: ' + json.loads(refusal.read()).get('error', refusal.reason))
    except urllib.error.URLError:
        sys.exit('The simulated tenant does not run. data/quickstart starts it.')
    except OSError as error:
        sys.exit('%s: %s' % (error.filename, error.strerror))
