"""How far people agree, and whether that has come to rest.

- ``spread``: how far answers of any kind lie apart
- ``polarization``: whether they fall into camps
- ``stability``: whether two rounds differ, and whether a crowd has settled
"""
