# SPDX-License-Identifier: GPL-3.0-or-later
# Lock / unlock the login collection without a prompt, through gnome-keyring's internal interface.
import sys
from gi.repository import Gio, GLib
bus=Gio.bus_get_sync(Gio.BusType.SESSION)
S='org.freedesktop.secrets'; P='/org/freedesktop/secrets'; C=P+'/collection/login'
def call(path, iface, m, args): return bus.call_sync(S, path, iface, m, args, None, 0, 5000, None)
def locked(): return call(C,'org.freedesktop.DBus.Properties','Get',GLib.Variant('(ss)',('org.freedesktop.Secret.Collection','Locked')))[0]
def lock(): return call(P,'org.freedesktop.Secret.Service','Lock',GLib.Variant('(ao)',([C],)))
def unlock(pw):
    s=call(P,'org.freedesktop.Secret.Service','OpenSession',GLib.Variant('(sv)',('plain',GLib.Variant('s',''))))[1]
    call(P,'org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface','UnlockWithMasterPassword',GLib.Variant('(o(oayays))',(C,(s,b'',pw.encode(),'text/plain'))))
if __name__=='__main__':
    print('locked', locked()); print(lock()); print('locked', locked())
    try: unlock('wrong')
    except GLib.Error as e: print('wrong password:', e.message)
    print('locked', locked()); unlock('test'); print('locked', locked())
    if len(sys.argv)>1: lock(); print('left locked')
