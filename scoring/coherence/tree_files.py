"""A tree as XMLBIF, the interchange format of Bayesian networks, and its leaves as CSV."""

import csv
import io
from itertools import product
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from scoring.coherence.trees import Tree
from scoring.scenarios import Joint

_STATES = ("no", "yes")


def xmlbif(tree: Tree, name: str = "scenarios") -> str:
    """A tree as XMLBIF 0.3 text: pgmpy, pyAgrum, Weka and GeNIe read it.

    A table has the event's own states fastest, `no` before `yes`, and the last condition next.

    Raises
    ------
    ValueError
        If a chance is missing: the format has no word for it.

    References
    ----------
    Cozman (1998), The Interchange Format for Bayesian Networks.

    Examples
    --------
    >>> from scoring import Axis
    >>> print(xmlbif(Tree((Axis("rain", 0.25),))))  # doctest: +ELLIPSIS
    <?xml version="1.0" encoding="UTF-8"?>
    <BIF VERSION="0.3">
      <NETWORK>
        <NAME>scenarios</NAME>
    ...
    """
    tree.leaves()
    root = Element("BIF", VERSION="0.3")
    network = SubElement(root, "NETWORK")
    SubElement(network, "NAME").text = name
    for axis in tree.axes:
        variable = SubElement(network, "VARIABLE", TYPE="nature")
        SubElement(variable, "NAME").text = axis.name
        for state in _STATES:
            SubElement(variable, "OUTCOME").text = state
    for axis in tree.axes:
        definition = SubElement(network, "DEFINITION")
        SubElement(definition, "FOR").text = axis.name
        for given in axis.given:
            SubElement(definition, "GIVEN").text = given
        chance = np.asarray(axis.probability, float)
        table = np.stack((1 - chance, chance), axis=-1).ravel()
        SubElement(definition, "TABLE").text = " ".join(repr(float(value)) for value in table)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def leaves_csv(leaves: Joint) -> str:
    """A joint distribution as CSV text: a row for each leaf, with 0 or 1 for each event and the leaf's probability.

    Examples
    --------
    >>> from scoring import Joint
    >>> print(leaves_csv(Joint(("rain",), np.array([0.75, 0.25]))))
    rain,probability
    0,0.75
    1,0.25
    <BLANKLINE>
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*leaves.names, "probability"])
    for states in product((0, 1), repeat=len(leaves.names)):
        writer.writerow([*states, repr(float(leaves.probability[states]))])
    return text.getvalue()
