"""Certificates: read in any form, ordered and proven, matched to key and name, encoded, repaired, made.

`judge.judge` gives the report; `repair.repair` the chain in right order; `ca.encode` what the cluster file gets;
`make.make_pair` a private CA and a server certificate; `served.compare` a served chain against the file;
`replace.advice` how certificate or CA are replaced later; `system.roots` what this machine trusts.
"""
