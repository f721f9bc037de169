"""Open licences: which SPDX licences let everybody get, use, change and pass on a work, for any purpose.

Art. 53(2) and recital 102 ask for these four freedoms; naming the author and passing on under the same terms may be asked.
All licences that the Open Source Initiative has approved give them, and so do CC0, CC BY and CC BY-SA. Any other licence is
asked about: this table says nothing of those that limit commerce, changes, users or fields of use, nor of those that are
written for one family of models.
"""

from __future__ import annotations

# fmt: off
OSI_APPROVED = (
    "0BSD", "AAL", "AFL-1.1", "AFL-1.2", "AFL-2.0", "AFL-2.1", "AFL-3.0", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-1.1",
    "Apache-2.0", "APL-1.0", "APSL-1.0", "APSL-1.1", "APSL-1.2", "APSL-2.0", "Artistic-1.0", "Artistic-1.0-cl8",
    "Artistic-1.0-Perl", "Artistic-2.0", "BlueOak-1.0.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-2-Clause-Patent",
    "BSD-3-Clause", "BSD-3-Clause-LBNL", "BSL-1.0", "CAL-1.0", "CAL-1.0-Combined-Work-Exception", "CATOSL-1.1", "CDDL-1.0",
    "CECILL-2.1", "CERN-OHL-P-2.0", "CERN-OHL-S-2.0", "CERN-OHL-W-2.0", "CNRI-Python", "CPAL-1.0", "CPL-1.0", "CUA-OPL-1.0",
    "ECL-1.0", "ECL-2.0", "EFL-1.0", "EFL-2.0", "Entessa", "EPL-1.0", "EPL-2.0", "EUDatagrid", "EUPL-1.1", "EUPL-1.2", "Fair",
    "Frameworx-1.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "HPND", "ICU", "Intel", "IPA",
    "IPL-1.0", "ISC", "Jam", "LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only",
    "LGPL-3.0-or-later", "LiLiQ-P-1.1", "LiLiQ-R-1.1", "LiLiQ-Rplus-1.1", "LPL-1.0", "LPL-1.02", "LPPL-1.3c", "MirOS", "MIT",
    "MIT-0", "MIT-Modern-Variant", "Motosoto", "MPL-1.0", "MPL-1.1", "MPL-2.0", "MPL-2.0-no-copyleft-exception", "MS-PL",
    "MS-RL", "MulanPSL-2.0", "Multics", "NASA-1.3", "Naumen", "NCSA", "NGPL", "NIST-Software", "Nokia", "NPOSL-3.0", "NTP",
    "OCLC-2.0", "OFL-1.1", "OFL-1.1-no-RFN", "OFL-1.1-RFN", "OGTSL", "OLDAP-2.8", "OLFL-1.3", "OSET-PL-2.1", "OSL-1.0",
    "OSL-2.0", "OSL-2.1", "OSL-3.0", "PHP-3.0", "PHP-3.01", "PostgreSQL", "PSF-2.0", "Python-2.0", "QPL-1.0", "RPL-1.1",
    "RPL-1.5", "RPSL-1.0", "RSCPL", "SimPL-2.0", "SISSL", "Sleepycat", "SPL-1.0", "UCL-1.0", "Unicode-3.0",
    "Unicode-DFS-2015", "Unicode-DFS-2016", "Unlicense", "UPL-1.0", "VSL-1.0", "W3C", "W3C-20150513", "Watcom-1.0", "Xnet",
    "Zlib", "ZPL-2.0", "ZPL-2.1",
)
"""Licences by their SPDX ids that the Open Source Initiative has approved."""

CREATIVE_COMMONS = (
    "CC0-1.0", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-1.0", "CC-BY-SA-2.0", "CC-BY-SA-2.5",
    "CC-BY-SA-3.0", "CC-BY-SA-4.0",
)
"""Licences of Creative Commons that limit neither commerce nor changes."""

SPELLINGS = {
    "agpl-3.0": "AGPL-3.0-only", "gpl-2.0": "GPL-2.0-only", "gpl-2.0+": "GPL-2.0-or-later", "gpl-3.0": "GPL-3.0-only",
    "gpl-3.0+": "GPL-3.0-or-later", "lgpl-2.0": "LGPL-2.0-only", "lgpl-2.1": "LGPL-2.1-only", "lgpl-3.0": "LGPL-3.0-only",
    "gpl": "GPL-2.0-or-later", "lgpl": "LGPL-2.0-or-later", "agpl": "AGPL-3.0-or-later", "gplv2": "GPL-2.0-only",
    "gplv3": "GPL-3.0-only", "agplv3": "AGPL-3.0-only", "apache 2.0": "Apache-2.0", "apache-2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0", "apache license version 2.0": "Apache-2.0",
    "apache 2": "Apache-2.0", "mit license": "MIT", "the mit license": "MIT", "bsd 3-clause": "BSD-3-Clause",
    "bsd 2-clause": "BSD-2-Clause", "cc0": "CC0-1.0", "cc by 4.0": "CC-BY-4.0", "cc by-sa 4.0": "CC-BY-SA-4.0",
    "mozilla public license 2.0": "MPL-2.0", "european union public licence 1.2": "EUPL-1.2",
}
"""Other ways to write them: ids of the Hub and older ones of SPDX, and names in common use, in lower case.

A family without its version stands here where every version of it is open.
"""
# fmt: on

OPEN = {licence.lower(): licence for licence in (*OSI_APPROVED, *CREATIVE_COMMONS)}
"""Every open licence by its SPDX id in lower case."""
