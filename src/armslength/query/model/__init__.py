"""MEANING: what a query means, as frozen typed nodes and the interpreter that defines their answers."""
