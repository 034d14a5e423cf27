"""Permissions where recovery depends on them: what AWS's services may do for us, by the policies that are in force.

`policy` and `conditions` evaluate documents, `authority` says what several say together, `in_force` reads them from the
emulated AWS, and `acts` lists what each service needs. Callers' own permissions are not enforced: they may do all.
"""
