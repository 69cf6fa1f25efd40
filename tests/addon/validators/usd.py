"""usd.py FILE: what Pixar's library and the rules of `usdchecker --arkit` say of a .usdz, as JSON."""

import json
import sys
import warnings

from pxr import Usd, UsdGeom, UsdShade, UsdUtils


def main(path: str) -> None:
    warnings.simplefilter("ignore", DeprecationWarning)  # of the checker: the pinned version has it
    checker = UsdUtils.ComplianceChecker(arkit=True, skipARKitRootLayerCheck=False)
    checker.CheckCompliance(path)
    stage = Usd.Stage.Open(path)
    meshes = [UsdGeom.Mesh(each) for each in stage.Traverse() if each.IsA(UsdGeom.Mesh)]
    shaders = [UsdShade.Shader(each) for each in stage.Traverse() if each.IsA(UsdShade.Shader)]
    to_world = UsdGeom.XformCache().GetLocalToWorldTransform
    report = {
        "complaints": checker.GetErrors() + checker.GetFailedChecks() + checker.GetWarnings(),
        "up": UsdGeom.GetStageUpAxis(stage),
        "metres_per_unit": UsdGeom.GetStageMetersPerUnit(stage),
        "corners": [set(mesh.GetFaceVertexCountsAttr().Get()) == {3} for mesh in meshes],
        "triangles": sum(len(mesh.GetFaceVertexCountsAttr().Get()) for mesh in meshes),
        "points": [
            list(to_world(mesh.GetPrim()).Transform(point))
            for mesh in meshes
            for point in mesh.GetPointsAttr().Get()
        ],
        "surface": {
            each.GetBaseName(): _value(each)
            for shader in shaders
            for each in shader.GetInputs()
            if shader.GetShaderId() == "UsdPreviewSurface"
        },
    }
    json.dump(report, sys.stdout)


def _value(given: UsdShade.Input) -> object:
    """A number, a list of them, or the shader that feeds the input."""
    if given.HasConnectedSource():
        source = given.GetConnectedSources()[0][0].source
        return UsdShade.Shader(source.GetPrim()).GetShaderId()
    value = given.Get()
    return list(value) if hasattr(value, "__len__") else value


if __name__ == "__main__":
    main(sys.argv[1])
