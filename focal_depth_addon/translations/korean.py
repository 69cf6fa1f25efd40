"""한국어. 블렌더와 사진의 용어를 따른다.

    focal stack, focus bracket   초점 스택, 초점 브래킷     depth, depth of field    깊이, 피사계 심도
    photograph, frame            사진, 프레임               metric, relative depth   실측 깊이, 상대 깊이
    focal length                 초점 거리 (렌즈)           confidence               신뢰도
    focus distance               촬영 거리 (초점까지)       all in focus             전체 초점
    aperture, f-number           조리개, f값                alignment                정렬
    circle of confusion, blur    착란원, 흐림               network                  신경망
    sensor, field of view        센서, 화각                 set                      세트 (사진이 된 무대)
    lens profile                 렌즈 프로파일              field curvature          상면 만곡
    mesh, vertex, render         메쉬, 버텍스, 렌더         compositor, node         컴포지터, 노드
    viewport, image editor       뷰포트, 이미지 에디터      holdout, overlay         홀드아웃, 오버레이

이름은 명사로, 설명은 마침표 없는 '-합니다'로 쓴다. 마침표는 블렌더가 붙인다.
"""

MESSAGES = {
    # Panels and menus
    "Focal Depth": "Focal Depth",
    "Lens and Output": "렌즈와 출력",
    "Preview": "미리보기",
    "Set": "세트",
    "Compositing": "컴포지팅",
    "AR, VR and Web": "AR, VR, 웹",
    "Sensor": "센서",
    "Blender's camera presets, and your own": "블렌더의 카메라 프리셋과 직접 만든 프리셋",
    "Recent Results": "최근 결과",
    "Results used last. Opening one does not estimate anything": (
        "최근에 쓴 결과. 열어도 다시 추정하지 않습니다"
    ),
    "Focus Bracket (.jpg, .png, .tif, .exr)": "초점 브래킷 (.jpg, .png, .tif, .exr)",
    # On set
    "On Set": "촬영 현장",
    "Follow": "따라가기",
    "Estimate each focus bracket that arrives in the folder, for example from a tethered camera, and build "
    "the set of the latest one. You can continue to work meanwhile": (
        "테더링한 카메라 등에서 폴더에 들어오는 초점 브래킷을 하나씩 추정하고 마지막 것의 세트를 만듭니다. "
        "그동안 계속 작업할 수 있습니다"
    ),
    "Folder in which the photographs of a shoot arrive, or a folder above it": (
        "촬영한 사진이 들어오는 폴더 또는 그 상위 폴더"
    ),
    "Folder in which the photographs arrive, or one above it. If empty, that of the scene is used": (
        "사진이 들어오는 폴더 또는 그 상위 폴더. 비우면 씬에 정한 폴더를 씁니다"
    ),
    "Follow the folder. If off, stop following": "폴더를 따라갑니다. 끄면 따라가기를 멈춥니다",
    "Pause": "멈춤",
    "A bracket is complete when none of its photographs has arrived or changed for this long": (
        "이 시간 동안 새로 오거나 바뀐 사진이 없으면 브래킷이 완성된 것으로 봅니다"
    ),
    "Waiting for photographs": "사진을 기다리는 중",
    "{name} is shown. Waiting for photographs": "{name} 표시됨. 사진을 기다리는 중",
    "{name} is ready: it appears in Object Mode, once no other task is running": (
        "{name} 준비됨: 오브젝트 모드에서 다른 작업이 없을 때 나타납니다"
    ),
    "Choose the folder in which photographs arrive": "사진이 들어오는 폴더를 선택하십시오",
    "There is no folder {folder}: choose another": "{folder} 폴더가 없습니다. 다른 폴더를 선택하십시오",
    "Following needs a window: in a script run focal-depth watch": (
        "따라가려면 창이 필요합니다. 스크립트에서는 focal-depth watch를 실행하십시오"
    ),
    # Photographs
    "Add Photographs": "사진 추가",
    "Add the photographs of a focus bracket: choose all its files, or its folder, or a clip": (
        "초점 브래킷의 사진을 추가합니다. 모든 파일이나 폴더, 또는 클립을 선택하십시오"
    ),
    "Take Frames": "프레임 고르기",
    "Take frames of the clip anew, between these seconds": "클립의 이 구간에서 프레임을 다시 고릅니다",
    "There is no clip: drop one, or add it as you add photographs": (
        "클립이 없습니다. 클립을 끌어다 놓거나 사진처럼 추가하십시오"
    ),
    "From": "시작",
    "To": "끝",
    "Frames": "프레임",
    "Take frames from this moment of the clip on": "클립의 이 시점부터 프레임을 고릅니다",
    "Take frames up to this moment of the clip. 0 means its end": (
        "클립의 이 시점까지 프레임을 고릅니다. 0은 클립의 끝입니다"
    ),
    "Number of frames to take, evenly spaced in focus": "초점이 고른 간격이 되도록 고를 프레임의 수",
    "Read as Focus Bracket": "초점 브래킷으로 읽기",
    "Add dropped photographs to the list. Photographs from another folder replace those in the list": (
        "끌어다 놓은 사진을 목록에 추가합니다. 다른 폴더의 사진이면 목록을 바꿉니다"
    ),
    "Read Photographs": "사진 읽기",
    "Read the photographs again, with the distances and lens values that were typed": (
        "입력한 거리와 렌즈 값으로 사진을 다시 읽습니다"
    ),
    "In Place": "제자리",
    "Keep the order of the rows instead of sorting them from far to near": (
        "먼 것부터 정렬하지 않고 목록의 순서를 그대로 둡니다"
    ),
    "Remove Photograph": "사진 제거",
    "Remove the active photograph from the list. The file is not deleted": (
        "활성 사진을 목록에서 제거합니다. 파일은 삭제하지 않습니다"
    ),
    "Clear Photographs": "사진 모두 제거",
    "Remove all photographs from the list. Files and results are not deleted": (
        "사진을 모두 목록에서 제거합니다. 파일과 결과는 삭제하지 않습니다"
    ),
    "Photograph Notes": "사진 참고",
    "Show the notes on this photograph below the list": "이 사진에 대한 참고를 목록 아래에 표시합니다",
    "Row in the list, counted from 0": "목록에서의 줄 번호. 0부터 셉니다",
    "Choose Sensor": "센서 선택",
    "Set the sensor width from a camera preset. For upright photographs, use the height of its sensor": (
        "카메라 프리셋에서 센서 폭을 가져옵니다. 세로 사진이면 센서의 높이를 씁니다"
    ),
    "File of a camera preset of Blender": "블렌더 카메라 프리셋의 파일",
    "Reset Lens Value": "렌즈 값 초기화",
    "Use the value in the photographs again": "다시 사진에 있는 값을 씁니다",
    "Value": "값",
    "Lens value to reset": "초기화할 렌즈 값",
    "Folder": "폴더",
    "Folder of the photographs": "사진이 있는 폴더",
    "Files": "파일",
    "Names of photographs in the folder. If empty, all photographs in it are used": (
        "폴더 안의 사진 이름. 비우면 폴더의 모든 사진을 씁니다"
    ),
    "Photograph": "사진",
    "Active photograph, which is shown below the list": "목록 아래에 표시되는 활성 사진",
    "Photographs: {count}": "사진: {count}장",
    "Photographs: {used} of {count}": "사진: {count}장 중 {used}장",
    "Photographs: {count}, focus distances known": "사진: {count}장, 촬영 거리를 알고 있음",
    "Photographs: {count}, focus distances unknown: depth is relative until you type two of them": (
        "사진: {count}장, 촬영 거리를 모름: 두 개를 입력할 때까지 깊이는 상대적입니다"
    ),
    "Reading the photographs again, with the values typed meanwhile": (
        "그사이 입력한 값으로 사진을 다시 읽습니다"
    ),
    "There are no photographs": "사진이 없습니다",
    "There are no photographs: add at least two frames of a focus bracket": (
        "사진이 없습니다: 초점 브래킷의 프레임을 두 장 이상 추가하십시오"
    ),
    "Drop the photographs of a bracket or a clip here, or add their folder": (
        "초점 브래킷의 사진이나 클립을 여기에 끌어다 놓거나 폴더를 추가하십시오"
    ),
    "A focus bracket needs more than one photograph: drop the others too, or": (
        "초점 브래킷에는 사진이 두 장 이상 필요합니다: 나머지도 끌어다 놓거나"
    ),
    "Add Its Whole Folder": "폴더 전체 추가",
    "Use": "사용",
    "Use the photograph as part of the stack. If off, estimating leaves it out": (
        "사진을 스택의 일부로 씁니다. 끄면 추정에서 빠집니다"
    ),
    "Notes": "참고",
    "Possible problems of the photograph": "사진에 있을 수 있는 문제",
    "Focus Distance": "촬영 거리",
    "Distance from the lens to what is in focus, in the scene's units. Type it if the file does not contain "
    "it: two typed distances make the whole stack metric. 0 means unknown": (
        "렌즈에서 초점이 맞은 곳까지의 거리, 씬의 단위. 파일에 없으면 입력하십시오. 두 개를 입력하면 스택 "
        "전체가 실측이 됩니다. 0은 모름입니다"
    ),
    "Focused at Infinity": "무한대 초점",
    "The lens is focused at infinity (0 dioptres)": "렌즈의 초점이 무한대(0 디옵터)에 있습니다",
    "infinity": "무한대",
    "Source": "소스",
    "Where the focus distance comes from": "촬영 거리의 출처",
    "Typed": "입력함",
    "From a text file": "텍스트 파일에서",
    "From the maker note": "제조사 노트에서",
    "From EXIF": "EXIF에서",
    "From XMP": "XMP에서",
    "Interpolated": "보간됨",
    "Estimated from blur": "흐림에서 추정함",
    "Unknown": "모름",
    "Width": "폭",
    "Height": "높이",
    "Width of the photograph in pixels. 0 means unknown": "사진의 폭, 픽셀 단위. 0은 모름입니다",
    "Height of the photograph in pixels. 0 means unknown": "사진의 높이, 픽셀 단위. 0은 모름입니다",
    "Relative Field of View": "상대 화각",
    "Width of the field of view relative to that of the frame focused nearest. 0 means unknown": (
        "초점이 가장 가까운 프레임에 대한 화각의 폭. 0은 모름입니다"
    ),
    "Field of view {share}": "화각 {share}",
    # Lens and output
    "Focal Length": "초점 거리",
    "Focal length in millimetres, as engraved on the lens. The value in the photographs is used until you "
    "type another; 0 restores it": (
        "렌즈에 적힌 초점 거리, 밀리미터 단위. 다른 값을 입력하기 전에는 사진에 있는 값을 쓰며, 0이면 그 "
        "값으로 돌아갑니다"
    ),
    "F-Number": "f값",
    "Aperture, such as 2.8 for f/2.8. The value in the photographs is used until you type another; 0 "
    "restores it": (
        "조리개 값. f/2.8이면 2.8. 다른 값을 입력하기 전에는 사진에 있는 값을 쓰며, 0이면 그 값으로 "
        "돌아갑니다"
    ),
    "Sensor Width": "센서 폭",
    "Size of the sensor in millimetres, along the picture's width. The value in the photographs is used "
    "until you type another; 0 restores it": (
        "사진의 가로 방향 센서 크기, 밀리미터 단위. 다른 값을 입력하기 전에는 사진에 있는 값을 쓰며, 0이면 "
        "그 값으로 돌아갑니다"
    ),
    "Order": "순서",
    "Order of the photographs if their focus distances are unknown": "촬영 거리를 모를 때 사진의 순서",
    "Automatic": "자동",
    "By focus distance or, if unknown, by where each picture is sharp": (
        "촬영 거리를 따르고, 모르면 각 사진에서 선명한 곳을 따릅니다"
    ),
    "Far to Near": "먼 것부터",
    "By file name, the first photograph being focused farthest": (
        "파일 이름 순서. 첫 사진의 초점이 가장 멉니다"
    ),
    "Near to Far": "가까운 것부터",
    "By file name, the first photograph being focused nearest": (
        "파일 이름 순서. 첫 사진의 초점이 가장 가깝습니다"
    ),
    "Output": "출력",
    "Folder for the result. If empty, the folder focal_depth beside the .blend file, or the extension's own "
    "folder while the file is not saved": (
        "결과를 저장할 폴더. 비우면 .blend 파일 옆의 focal_depth, 파일을 저장하지 않았으면 확장의 폴더입니다"
    ),
    "Folder for the result. If empty, that of the scene is used": (
        "결과를 저장할 폴더. 비우면 씬의 설정을 따릅니다"
    ),
    # Estimating
    "Estimate Depth": "깊이 추정",
    "Estimate depth and an all-in-focus picture from the photographs. ESC cancels": (
        "사진에서 깊이와 전체 초점 사진을 추정합니다. ESC로 취소합니다"
    ),
    "Cancel": "취소",
    "Cancel the running task and remove its unfinished files": (
        "실행 중인 작업을 취소하고 완성되지 않은 파일을 제거합니다"
    ),
    "Quality": "품질",
    "Quality of the depth. Results always have the full size of the photographs": (
        "깊이의 품질. 결과의 크기는 언제나 사진과 같습니다"
    ),
    "Quality of the depth in scenes that do not set their own": "씬에서 따로 정하지 않았을 때 깊이의 품질",
    "Draft": "초안",
    "Estimate depth at about 640 pixels along the longer side, for a quick preview": (
        "긴 변 약 640픽셀에서 깊이를 추정합니다. 빠르게 미리 볼 때 씁니다"
    ),
    "Standard": "표준",
    "Estimate depth at about 960 pixels along the longer side": "긴 변 약 960픽셀에서 깊이를 추정합니다",
    "Full": "전체",
    "Estimate depth at the full size of the photographs. This takes by far the most time and memory": (
        "사진의 원래 크기에서 깊이를 추정합니다. 시간과 메모리가 훨씬 많이 듭니다"
    ),
    "{quality}: about {memory} GB, {time}": "{quality}: 약 {memory} GB, {time}",
    "{quality}: needs more memory than the limit": "{quality}: 한도보다 많은 메모리가 필요함",
    "{seconds} s": "{seconds}초",
    "{minutes} min": "{minutes}분",
    "Alignment": "정렬",
    "How the frames are aligned with each other": "프레임을 서로 정렬하는 방법",
    "Network": "신경망",
    "Align the frames by the thin lens model, then let a network correct the remaining scale and shift": (
        "얇은 렌즈 모델로 정렬한 뒤, 남은 배율과 이동을 신경망이 바로잡습니다"
    ),
    "Thin Lens Only": "얇은 렌즈만",
    "Align the frames by the thin lens model only: for a camera on a tripod": (
        "얇은 렌즈 모델로만 정렬합니다. 삼각대로 찍은 사진에 알맞습니다"
    ),
    "None": "없음",
    "Use the photographs as they are: for a stack that is already aligned": (
        "사진을 그대로 씁니다. 이미 정렬된 스택에 알맞습니다"
    ),
    "Network that estimates the depth": "깊이를 추정하는 신경망",
    "Use the network of this extension, which also estimates its uncertainty": (
        "확장에 들어 있는 신경망. 불확실성도 추정합니다"
    ),
    "Won and Jeon": "Won과 Jeon",
    "Use the network of Won and Jeon (ECCV 2022), once `focal-depth import-weights` has imported it": (
        "Won과 Jeon의 신경망(ECCV 2022). `focal-depth import-weights`로 가져온 뒤에 쓸 수 있습니다"
    ),
    "Lens Profile": "렌즈 프로파일",
    "Correct the depth for the lens's field curvature, which makes flat things come out bent. It is taken "
    "from the saved profile of the lens or, without one, from flat things in the photographs": (
        "평평한 것을 휘어 보이게 하는 렌즈의 상면 만곡을 깊이에서 바로잡습니다. 저장된 렌즈 프로파일을 쓰며, "
        "없으면 사진 속의 평평한 것에서 알아냅니다"
    ),
    "Estimating depth": "깊이 추정",
    "Reading photographs": "사진 읽기",
    "Looking for the frames of the clip": "클립의 프레임 찾기",
    "Aligning": "정렬",
    "Predicting depth": "깊이 추론",
    "Fusing the all-in-focus picture": "전체 초점 사진 합성",
    "Enlarging the depth": "깊이 확대",
    "Saving": "저장",
    "Drawing the views": "시점 그리기",
    "Making splats": "스플랫 만들기",
    "Stopping": "멈추는 중",
    "{stage}, {time} left": "{stage}, {time} 남음",
    "Cancelled": "취소됨",
    "Wait for the running task to end, or cancel it": "실행 중인 작업이 끝나기를 기다리거나 취소하십시오",
    "Nothing is running": "실행 중인 작업이 없습니다",
    "Undo stopped the running task: start it again": "실행 취소로 작업이 멈췄습니다: 다시 시작하십시오",
    "Nothing has changed since the last estimate, so its result was used again": (
        "지난번 추정 이후 바뀐 것이 없어 그 결과를 다시 썼습니다"
    ),
    "The task ended unexpectedly: try again, or read the log": (
        "작업이 예기치 않게 끝났습니다: 다시 시도하거나 로그를 읽으십시오"
    ),
    "The task ended without a result: try again": "작업이 결과 없이 끝났습니다: 다시 시도하십시오",
    "Show Log": "로그 보기",
    "Show the log of the failed task in a text editor": "실패한 작업의 로그를 텍스트 에디터에 표시합니다",
    "There is no log: nothing has failed": "로그가 없습니다: 실패한 작업이 없습니다",
    "The log has been deleted": "로그가 삭제되었습니다",
    "Dismiss": "닫기",
    "Remove this message": "이 메시지를 닫습니다",
    # Results
    "Result": "결과",
    "Open": "열기",
    "Open Result": "결과 열기",
    "Open an existing result folder": "이미 있는 결과 폴더를 엽니다",
    "Result folder": "결과 폴더",
    "{name}  in {place}": "{name}  ({place})",
    "None yet": "아직 없음",
    "Metric depth, {near} to {far}": "실측 깊이, {near}에서 {far}까지",
    "Relative depth: the focus distances are unknown": "상대 깊이: 촬영 거리를 모릅니다",
    "Near and far are only {share} certain": "가까운 쪽과 먼 쪽의 확실도는 {share}뿐입니다",
    "Lens profile: from {file}": "렌즈 프로파일: {file}",
    "Field curvature: found in this stack": "상면 만곡: 이 스택에서 알아냄",
    "There is no result yet: press Estimate Depth, or open a result": (
        "아직 결과가 없습니다: 깊이 추정을 누르거나 결과를 여십시오"
    ),
    "{folder} is not a result folder, it has no {file}: press Estimate Depth first": (
        "{folder}에 {file} 파일이 없어 결과 폴더가 아닙니다: 먼저 깊이 추정을 누르십시오"
    ),
    "{file} is damaged: estimate depth again": "{file} 파일이 손상되었습니다: 깊이를 다시 추정하십시오",
    "{file} was written by a newer Focal Depth: update this one": (
        "{file} 파일은 더 새로운 Focal Depth가 썼습니다: 이것을 업데이트하십시오"
    ),
    "Turn Round": "앞뒤 뒤집기",
    "Turn Round (Near <-> Far)": "앞뒤 뒤집기 (근 <-> 원)",
    "Exchange near and far of a result without focus distances, where the background came out nearest. "
    "Nothing is estimated again; the set, the compositor and the order of the photographs follow": (
        "촬영 거리가 없어 배경이 가장 가깝게 나온 결과의 근거리와 원거리를 맞바꿉니다. 다시 추정하지 않으며 "
        "세트, 컴포지터, 사진 순서도 따라 바뀝니다"
    ),
    "Turning the result round": "결과 뒤집기",
    "The result is metric: correct the focus distances, and estimate again": (
        "실측 결과입니다: 촬영 거리를 바로잡고 다시 추정하십시오"
    ),
    # Preview
    "Show a part of the result in an image editor, if one is open, and in the overlay": (
        "열려 있는 이미지 에디터와 오버레이에 결과의 한 부분을 표시합니다"
    ),
    "Show": "표시",
    "Part of the result to show": "결과에서 표시할 것",
    "Shown": "표시된 것",
    "Part of the result that is shown": "결과에서 표시되는 것",
    "All in Focus": "전체 초점",
    "Show the picture in which everything is in focus": "모든 곳에 초점이 맞은 사진을 표시합니다",
    "Depth": "깊이",
    "Show distance in false colour, even in dioptres: near is bright, far is dark": (
        "거리를 디옵터로 고른 색으로 표시합니다. 가까우면 밝고 멀면 어둡습니다"
    ),
    "Confidence": "신뢰도",
    "Show how reliable the depth is, from black (a guess) to white (certain)": (
        "깊이를 얼마나 믿을 수 있는지 표시합니다. 검은색은 추측, 흰색은 확실입니다"
    ),
    "As Photographed": "찍은 그대로",
    "Show the frames before alignment. Play them to see what moves": (
        "정렬하기 전의 프레임을 표시합니다. 재생하면 무엇이 움직이는지 보입니다"
    ),
    "Aligned": "정렬됨",
    "Show the frames after alignment. When they are played, only sharpness should change": (
        "정렬한 뒤의 프레임을 표시합니다. 재생하면 선명한 곳만 달라져야 합니다"
    ),
    "Frame": "프레임",
    "Show which frame the all-in-focus picture is taken from at each place: the nearest is bright, the "
    "farthest dark. What was painted from none of them is grey": (
        "전체 초점 사진이 곳마다 어느 프레임에서 왔는지 표시합니다. 초점이 가장 가까운 것은 밝고 "
        "가장 먼 것은 어둡습니다. 어느 프레임에서도 오지 않고 칠해진 곳은 회색입니다"
    ),
    "Sharpness": "선명도",
    "Show how sharp the all-in-focus picture is, from black (plain or blurred) to white (sharp)": (
        "전체 초점 사진이 얼마나 선명한지 표시합니다. 검은색은 무늬가 없거나 흐린 곳, 흰색은 선명한 곳입니다"
    ),
    "An earlier version of Focal Depth wrote this result without it: estimate depth again": (
        "이전 버전의 Focal Depth가 이것 없이 쓴 결과입니다: 깊이를 다시 추정하십시오"
    ),
    "Number of the frame that is shown, counted from the one focused farthest": (
        "표시되는 프레임의 번호. 초점이 가장 먼 것부터 셉니다"
    ),
    "Frame of {count}": "프레임 / {count}",
    "{file}, focused at {distance}": "{file}, 촬영 거리 {distance}",
    "Near": "근접",
    "Far": "원거리",
    "Distance, in the scene's units, at and below which the picture has the brightest colour": (
        "거리, 씬의 단위. 이보다 가까우면 가장 밝은 색이 됩니다"
    ),
    "Distance, in the scene's units, at and beyond which the picture has the darkest colour": (
        "거리, 씬의 단위. 이보다 멀면 가장 어두운 색이 됩니다"
    ),
    "Relative depth at and below which the picture has the brightest colour": (
        "상대 깊이. 이보다 가까우면 가장 밝은 색이 됩니다"
    ),
    "Relative depth at and beyond which the picture has the darkest colour": (
        "상대 깊이. 이보다 멀면 가장 어두운 색이 됩니다"
    ),
    "Reset Near and Far": "범위 초기화",
    "Set Near and Far to the nearest and farthest distance in the picture": (
        "근접과 원거리를 사진에서 가장 가까운 거리와 가장 먼 거리로 설정합니다"
    ),
    "Open in New Window": "새 창에서 열기",
    "Show the picture in a new window": "사진을 새 창에 표시합니다",
    "Overlay": "오버레이",
    "Overlay the picture on the view through the photograph's camera, which is added to the scene if it is "
    "not there yet": "사진의 카메라로 본 뷰 위에 사진을 겹쳐 표시합니다. 씬에 그 카메라가 없으면 추가합니다",
    "Show the overlay. If off, it is removed": "오버레이를 표시합니다. 끄면 제거합니다",
    "Opacity": "불투명도",
    "Step to Frame": "프레임 넘기기",
    "Show the next or previous frame. The first follows the last": (
        "다음이나 이전 프레임을 표시합니다. 마지막 다음은 처음입니다"
    ),
    "By": "걸음",
    "Number of frames to move towards the nearest focus. Negative moves towards the farthest": (
        "가까운 초점 쪽으로 넘길 프레임 수. 음수면 먼 쪽입니다"
    ),
    "Play Frames": "프레임 재생",
    "Play the frames back and forth to see what moves between them. Press again or ESC to stop": (
        "프레임을 앞뒤로 재생하여 무엇이 움직이는지 봅니다. 다시 누르거나 ESC로 멈춥니다"
    ),
    "Pick Distance": "거리 읽기",
    "Read distances under the cursor, in the scene's units, in image editors and 3D views. Click to copy "
    "one, press ESC or the right mouse button to end": (
        "이미지 에디터와 3D 뷰에서 커서 아래의 거리를 씬의 단위로 읽습니다. 클릭하면 복사하고, ESC나 오른쪽 "
        "마우스 버튼으로 끝냅니다"
    ),
    "Place": "위치",
    "For scripts: place in the picture, 0 to 1 of its width and height, from the top left": (
        "스크립트용: 사진 안의 위치. 왼쪽 위에서부터 폭과 높이의 0에서 1까지"
    ),
    "Picked": "읽은 거리",
    "Distance that was clicked last": "마지막으로 클릭한 거리",
    "Preparing the preview": "미리보기 준비",
    "Reading distances under the cursor": "커서 아래의 거리를 읽습니다",
    "Click: copy the distance    ESC or right click: end": "클릭: 거리 복사    ESC 또는 오른쪽 클릭: 끝내기",
    "relative {distance}": "상대 {distance}",
    "{distance}, confidence {confidence}": "{distance}, 신뢰도 {confidence}",
    "{reading}, frame {number}": "{reading}, 프레임 {number}",
    "The place is outside the picture: use values from 0 to less than 1": (
        "사진 밖의 위치입니다: 0 이상 1 미만의 값을 쓰십시오"
    ),
    "The result has changed: press Pick Distance again": "결과가 바뀌었습니다: 거리 읽기를 다시 누르십시오",
    "No part of the result is shown yet: choose one first, such as Depth": (
        "아직 결과가 표시되지 않았습니다: 먼저 깊이 등을 선택하십시오"
    ),
    "No frames are shown: choose Aligned or As Photographed first": (
        "프레임이 표시되지 않았습니다: 먼저 정렬됨이나 찍은 그대로를 선택하십시오"
    ),
    "Playing frames needs a window: in a script use focal_depth.step": (
        "프레임을 재생하려면 창이 필요합니다: 스크립트에서는 focal_depth.step을 쓰십시오"
    ),
    "Blender runs without a window: use the image {image}": (
        "블렌더가 창 없이 실행 중입니다: 이미지 {image}을(를) 쓰십시오"
    ),
    "{former} is now called {present}": "{former}의 이름이 {present}(으)로 바뀌었습니다",
    # The set
    "Build Mesh": "메쉬 만들기",
    "Build a textured mesh from the depth, and the camera that took the photograph. If they exist already, "
    "update them": "깊이로 텍스처를 입힌 메쉬와 사진을 찍은 카메라를 만듭니다. 이미 있으면 갱신합니다",
    "Building the mesh": "메쉬 만들기",
    "Level of Detail": "세밀함",
    "Number of triangles in the mesh": "메쉬의 삼각형 수",
    "At most 50,000 triangles": "삼각형 5만 개 이하",
    "At most 500,000 triangles": "삼각형 50만 개 이하",
    "AR": "AR",
    "At most 100,000 triangles, as phones can show": "삼각형 10만 개 이하, 휴대전화에 알맞습니다",
    "{count} triangles": "삼각형 {count}개",
    "{name} has no mesh yet: press Build Mesh first": (
        "{name}에 아직 메쉬가 없습니다: 먼저 메쉬 만들기를 누르십시오"
    ),
    "Renders have {size} pixels, through {camera}": "렌더는 {size}픽셀, 카메라는 {camera}",
    "View transform {name} shows the photograph's own colours": (
        "뷰 변환 {name}이(가) 사진의 색을 그대로 보여 줍니다"
    ),
    "Depth Scale": "깊이 배율",
    "Cut Angle": "자르는 각도",
    "Minimum Confidence": "최소 신뢰도",
    "Min Confidence": "최소 신뢰도",
    "Smoothing": "스무딩",
    "Background": "배경",
    "Set Scale": "크기 맞추기",
    "Scale the set so that a length in it has its true value. First select the two ends of the length, as "
    "two objects or, in Edit Mode, two vertices; or type a length from Blender's Measure tool": (
        "길이 하나가 실제 값이 되도록 세트의 크기를 맞춥니다. 먼저 길이의 양 끝을 오브젝트 두 개로, 에디트 "
        "모드에서는 버텍스 두 개로 선택하십시오. 블렌더 측정 도구의 길이를 입력해도 됩니다"
    ),
    "Measured": "잰 길이",
    "Present length in the set, in the scene's units. 0 means the distance between the two selected ends": (
        "지금 세트에서의 길이, 씬의 단위. 0이면 선택한 양 끝 사이의 거리입니다"
    ),
    "True Length": "실제 길이",
    "Length in reality, in the scene's units": "실제 길이, 씬의 단위",
    "Select the two ends of a length first: two objects, or two vertices": (
        "먼저 길이의 양 끝을 선택하십시오: 오브젝트 두 개 또는 버텍스 두 개"
    ),
    "Type the true length": "실제 길이를 입력하십시오",
    "The set was scaled {times} times": "세트의 크기가 {times}배가 되었습니다",
    "These lengths are scaled {times} times": "이 길이는 {times}배로 맞춰짐",
    "Holdout": "홀드아웃",
    "Render the scene inside the photograph, without compositing: the mesh hides what is behind it and "
    "receives shadows. In EEVEE, press it again after lights have changed": (
        "컴포지팅 없이 사진 안에 씬을 렌더합니다. 메쉬가 뒤의 것을 가리고 섀도우를 받습니다. EEVEE에서는 "
        "라이트를 바꾸면 다시 누르십시오"
    ),
    "Enable": "사용",
    "Use the mesh as a holdout. If off, renders show the mesh": (
        "메쉬를 홀드아웃으로 씁니다. 끄면 렌더에 메쉬가 보입니다"
    ),
    "Renders show the mesh": "렌더에 메쉬가 보입니다",
    "Renders are inside the photograph, and compositing is off": "사진 안에 렌더하며, 컴포지팅은 꺼졌습니다",
    "EEVEE renders the light once for this. Without a graphics card that can take minutes, in which "
    "Blender does not answer": (
        "EEVEE가 빛을 한 번 렌더해야 합니다. "
        "그래픽 카드가 없으면 몇 분 걸릴 수 있고, 그동안 블렌더가 응답하지 않습니다"
    ),
    "Focus": "초점",
    # Compositing
    "Compositing is off, as Holdout needs no nodes. Depth Merge turns it on again": (
        "홀드아웃은 노드가 필요 없어 컴포지팅이 꺼졌습니다. 깊이 합성을 누르면 다시 켜집니다"
    ),
    "Depth Merge": "깊이 합성",
    "Merge renders with the photograph in the compositor: each pixel shows the nearer of the two": (
        "컴포지터에서 렌더와 사진을 합칩니다. 픽셀마다 더 가까운 것을 보여 줍니다"
    ),
    "The compositor merges renders with the photograph by depth": (
        "컴포지터가 깊이에 따라 렌더와 사진을 합칩니다"
    ),
    "Refocus": "초점 바꾸기",
    "Change focus and aperture of the photograph. The blur is the lens's own, taken from the stack": (
        "사진의 초점과 조리개를 바꿉니다. 흐림은 스택에서 가져온 렌즈 고유의 것입니다"
    ),
    "The compositor refocuses the photograph": "컴포지터가 사진의 초점을 바꿉니다",
    "Aperture": "조리개",
    "The focus distances are unknown: Focus Distance is relative, from 1 (near) to 4 (far)": (
        "촬영 거리를 모릅니다: 촬영 거리는 1(가까움)에서 4(멂)까지 상대적입니다"
    ),
    "The f-number is unknown: the blur beyond the stack is a guess": (
        "f값을 모릅니다: 스택을 벗어난 흐림은 추측입니다"
    ),
    "There are no aligned photographs, so all blur is synthetic: estimate depth again": (
        "정렬된 사진이 없어 모든 흐림이 합성입니다: 깊이를 다시 추정하십시오"
    ),
    "Depth Fog": "깊이 안개",
    "Add fog to the photograph and renders in the compositor, which hides more with distance": (
        "컴포지터에서 사진과 렌더에 멀수록 짙어지는 안개를 더합니다"
    ),
    "The compositor adds fog to its output": "컴포지터가 출력에 안개를 더합니다",
    "Colour": "색",
    "Density": "밀도",
    "Start": "시작",
    "End": "끝",
    "Depth Matte": "깊이 매트",
    "Add a matte of what lies between two distances, for use by other nodes in the compositor": (
        "두 거리 사이에 있는 것의 매트를 더하여 컴포지터의 다른 노드에서 씁니다"
    ),
    "The compositor has a depth matte for other nodes to use": (
        "다른 노드에서 쓸 깊이 매트가 컴포지터에 있습니다"
    ),
    "Softness": "부드러움",
    # AR and web
    "Export Set": "세트 내보내기",
    "Write a file of the set for a viewer": "세트를 뷰어용 파일로 씁니다",
    "Preset": "프리셋",
    "Viewer for which the file is written": "파일을 볼 뷰어",
    "File": "파일",
    "Share Set": "세트 공유",
    "Write what shows the set outside of Blender": "블렌더 밖에서 세트를 보여 주는 파일을 씁니다",
    "Format": "형식",
    "What is written": "쓸 내용",
    "Writing": "쓰는 중",
    "Eye Distance": "눈 사이 거리",
    "Distance between the eyes in the result's metres. At 0 it is a comfortable one": (
        "두 눈 사이의 거리(결과의 미터). 0이면 보기 편한 거리로 합니다"
    ),
    "Convergence": "수렴 거리",
    "Distance of the screen's plane in the result's metres. At 0 it is chosen by the scene": (
        "화면 평면에 놓이는 것까지의 거리(결과의 미터). 0이면 장면에 따라 정합니다"
    ),
    "{file} is written": "{file}: 썼습니다",
    "{file}: disparity from {front}% of the width in front of the screen to {behind}% behind it": (
        "{file}: 시차는 너비의 화면 앞 {front}%에서 화면 뒤 {behind}%까지"
    ),
    "Stereo": "스테레오",
    "Holographic Display": "홀로그래픽 디스플레이",
    "Camera Move": "카메라 움직임",
    "Gaussian Splats": "가우시안 스플랫",
    "Side by Side": "좌우 배열",
    "Write a stereo picture for headsets and 3D screens: the left eye's view beside the right eye's": (
        "헤드셋과 3D 화면용 스테레오 그림을 씁니다: 왼쪽 눈의 그림 옆에 오른쪽 눈의 그림"
    ),
    "Over Under": "상하 배열",
    "Write a stereo picture for headsets: the left eye's view above the right eye's": (
        "헤드셋용 스테레오 그림을 씁니다: 왼쪽 눈의 그림 아래에 오른쪽 눈의 그림"
    ),
    "Anaglyph": "애너글리프",
    "Write a stereo picture for red and cyan glasses": "적청 안경용 스테레오 그림을 씁니다",
    "Quilt": "퀼트",
    "Write many views in one picture for holographic displays. The file name says how they are arranged": (
        "홀로그래픽 디스플레이용으로 여러 시점을 한 그림에 씁니다. 배열은 파일 이름에 적힙니다"
    ),
    "RGB-D": "RGB-D",
    "Write a picture for holographic displays: the photograph beside its depth, near being white": (
        "홀로그래픽 디스플레이용 그림을 씁니다: 사진 옆에 깊이, 가까운 곳이 흰색"
    ),
    "Orbit": "궤도",
    "Write a clip in which the camera moves about the middle of the set, and back": (
        "카메라가 세트 가운데를 중심으로 돌았다가 돌아오는 클립을 씁니다"
    ),
    "Push In": "다가가기",
    "Write a clip in which the camera moves into the set": "카메라가 세트 안으로 다가가는 클립을 씁니다",
    "Splats (.ply)": "스플랫 (.ply)",
    "Splats (.glb)": "스플랫 (.glb)",
    "Write Gaussian splats as most viewers of splats read them": (
        "대부분의 스플랫 뷰어가 읽는 가우시안 스플랫을 씁니다"
    ),
    "Write Gaussian splats as a GLB file, by an extension of glTF that is young": (
        "가우시안 스플랫을 GLB 파일로 씁니다. 최근에 나온 glTF 확장을 씁니다"
    ),
    "Web Page": "웹 페이지",
    "Write a page for any browser, without the internet: the set to turn, the photograph to refocus": (
        "인터넷 없이 브라우저에서 열리는 페이지를 씁니다: 돌려 보는 세트와 초점을 바꾸는 사진"
    ),
    "File to write. The preset determines its extension": "쓸 파일. 확장자는 프리셋을 따릅니다",
    "Quick Look": "Quick Look",
    "Write a USDZ file for iPhone, iPad and Vision Pro, of at most 100,000 triangles": (
        "iPhone, iPad, Vision Pro용 USDZ 파일을 씁니다. 삼각형 10만 개 이하"
    ),
    "Scene Viewer": "Scene Viewer",
    "Write a GLB file for Android, of at most 30,000 vertices and 10 MB": (
        "Android용 GLB 파일을 씁니다. 버텍스 3만 개, 10 MB 이하"
    ),
    "Web": "웹",
    "Write a GLB file for web pages and other programs, of at most 100,000 triangles, compressed by Draco if "
    "this Blender has it": (
        "웹 페이지와 다른 프로그램용 GLB 파일을 씁니다. 삼각형 10만 개 이하, 이 블렌더에 Draco가 있으면 "
        "압축합니다"
    ),
    "{file}: {triangles} triangles, {vertices} vertices, {size} MB": (
        "{file}: 삼각형 {triangles}개, 버텍스 {vertices}개, {size} MB"
    ),
    "It is not compressed: this Blender has no Draco library": (
        "압축하지 않았습니다: 이 블렌더에는 Draco 라이브러리가 없습니다"
    ),
    "{name} has {vertices} vertices in {triangles} triangles, and {viewer} shows at most {limit}: disable "
    "Background, or use another preset": (
        "{name}의 버텍스는 삼각형 {triangles}개에서 {vertices}개이고 {viewer}의 한도는 {limit}개입니다: "
        "배경을 끄거나 다른 프리셋을 쓰십시오"
    ),
    "{file} cannot be written ({reason}): choose another folder": (
        "{file} 파일을 쓸 수 없습니다 ({reason}): 다른 폴더를 선택하십시오"
    ),
    "Set filepath to the file to write": "filepath에 쓸 파일을 정하십시오",
    "This Blender was built without USD: use a Blender from blender.org": (
        "이 블렌더는 USD 없이 빌드되었습니다: blender.org의 블렌더를 쓰십시오"
    ),
    "The add-on glTF 2.0 is disabled: enable it in Edit > Preferences > Add-ons": (
        "glTF 2.0 애드온이 꺼져 있습니다: 편집 > 환경 설정 > 애드온에서 켜십시오"
    ),
    # Preferences and cache
    "Device": "장치",
    "Processor that runs the networks": "신경망을 실행하는 장치",
    "Use a graphics processor where the extension supports one, otherwise the CPU": (
        "확장이 그래픽 프로세서를 지원하면 그것을, 아니면 CPU를 씁니다"
    ),
    "CPU": "CPU",
    "Use the CPU, even if there is a graphics processor": "그래픽 프로세서가 있어도 CPU를 씁니다",
    "GPU": "GPU",
    "Use a graphics processor. If none can be used, estimating stops with an error": (
        "그래픽 프로세서를 씁니다. 쓸 수 없으면 오류를 알리고 추정을 멈춥니다"
    ),
    "Memory Limit": "메모리 한도",
    "Memory Limit (GB)": "메모리 한도 (GB)",
    "Memory for estimating depth, in gigabytes. If it does not suffice, depth is estimated at a smaller "
    "size. 0 means no limit": (
        "깊이 추정에 쓸 메모리, GB 단위. 모자라면 더 작은 크기에서 깊이를 추정합니다. 0이면 한도가 없습니다"
    ),
    "Threads": "스레드",
    "Number of processor threads for estimating depth. 0 means one for each core": (
        "깊이 추정에 쓸 프로세서 스레드 수. 0이면 코어마다 하나입니다"
    ),
    "Cache Folder": "캐시 폴더",
    "A file": "파일",
    "{file} cannot be read or written ({reason}): check the disk and its permissions": (
        "{file} 파일을 읽거나 쓸 수 없습니다 ({reason}): 디스크와 권한을 확인하십시오"
    ),
    "{file} is not a camera preset: choose another": (
        "{file} 파일은 카메라 프리셋이 아닙니다: 다른 것을 선택하십시오"
    ),
    "The cache folder {folder} cannot be written: choose another one in the preferences": (
        "캐시 폴더 {folder}에 쓸 수 없습니다: 환경 설정에서 다른 폴더를 선택하십시오"
    ),
    "Size: {size}": "크기: {size}",
    "Clear Cache": "캐시 비우기",
    "{name} will be deleted": "{name}: 지워집니다",
    "Results deleted: {deleted}. Results kept: {kept}": "지운 결과: {deleted}개. 남은 결과: {kept}개",
    "Reset Ground": ("바닥 되돌리기"),
    "Hide the objects in the way of the set, in views and renders": (
        "카메라와 세트 사이에 있는 오브젝트를 뷰와 렌더에서 숨깁니다"
    ),
    "Show the notes on the photographs": ("사진에 대한 참고 사항을 표시합니다"),
    "Box": ("상자"),
    "Let the set stand as if the camera had been level": ("카메라가 수평이었던 것처럼 세트를 세웁니다"),
    "End the process that waits for the next estimate, which then takes some seconds more to start": (
        "다음 추정을 기다리는 프로세스를 끝냅니다. 그러면 다음 추정은 몇 초 늦게 시작됩니다"
    ),
    "Show Notes": ("참고 사항 표시"),
    "Show the picture of the depth in the lower left of 3D views": (
        "깊이 그림을 3D 뷰의 왼쪽 아래에 표시합니다"
    ),
    "Remove the set from the scene, and give the scene the render size, camera and colours back that "
    "it had before. The result is not deleted": (
        "세트를 씬에서 지우고, 렌더 크기와 카메라와 색을 이전 설정으로 되돌립니다. 결과는 지우지 않습니다"
    ),
    "Choose where the result folder is now. All that shows the result uses it from there": (
        "결과 폴더가 지금 있는 곳을 선택합니다. 결과를 쓰는 모든 것이 그 폴더를 씁니다"
    ),
    "Let the set stand as Build Mesh placed it, without rotation and height of your own": (
        "직접 정한 회전과 높이 없이, 메시를 만들 때 놓인 대로 세트를 세웁니다"
    ),
    "Hide": ("숨기기"),
    "Find Result": ("결과 찾기"),
    "Folder for temporary data and for results of unsaved files. If empty, temporary data are in the "
    "extension's own folder and results in the folder Focal Depth in your documents": (
        "임시 데이터와 저장하지 않은 파일의 결과를 두는 폴더. 비어 있으면 임시 데이터는 확장 기능의 "
        "폴더에, 결과는 문서 폴더의 Focal Depth에 둡니다"
    ),
    "Let the set stand on a ground that you show: draw a box over a flat part of it, or click three points": (
        "가리킨 바닥 위에 세트를 세웁니다. 바닥의 평평한 부분에 상자를 그리거나 세 점을 클릭하세요"
    ),
    "Delete the contents of the cache folder, except for results that the open file or a file that "
    "was saved uses. Results in your documents and beside .blend files are not deleted": (
        "캐시 폴더의 내용을 지웁니다. 열린 파일이나 저장한 파일이 쓰는 결과는 남깁니다. 문서 폴더와 "
        ".blend 파일 옆의 결과는 지우지 않습니다"
    ),
    "Remove Set": ("세트 지우기"),
    "Let Refocus have the focus distance and f-number of the set's camera, which also blurs CG": (
        "다시 초점이 세트 카메라의 초점 거리와 조리개 값을 따르게 합니다. 이 카메라는 CG도 흐리게 합니다"
    ),
    "Follow Camera Focus": ("카메라 초점 따르기"),
    "Level": ("수평"),
    "Release Memory": ("메모리 비우기"),
    "For scripts: left, top, right and bottom in the photograph, 0 to 1 of its width and height, "
    "from the top left": ("스크립트용: 사진의 왼쪽, 위, 오른쪽, 아래. 왼쪽 위에서부터 너비와 높이의 0~1"),
    "Pick Ground": ("바닥 고르기"),
    "Show the list of photographs": ("사진 목록을 표시합니다"),
    "Show Photographs": ("사진 표시"),
    "Depth in View": ("뷰에 깊이 표시"),
    "far": ("멂"),
    "Hide {name}": ("{name} 숨기기"),
    "The mesh is of an earlier estimate": ("메시가 이전 추정의 것입니다"),
    "The result folder {folder} is gone": ("결과 폴더 {folder}이(가) 없습니다"),
    "Rotation": ("회전"),
    "There is no set yet: press Build Mesh": ("아직 세트가 없습니다. 메시 만들기를 누르세요"),
    "Notes: {count}": ("참고 사항: {count}개"),
    "{label} (unknown)": ("{label} (알 수 없음)"),
    "{name} is in the way of the set": ("{name}이(가) 카메라에서 세트를 가립니다"),
    "Hidden: {names}": ("숨김: {names}"),
    "Nothing is in the way of the set": ("세트를 가리는 것이 없습니다"),
    "The set was removed, and the scene has its own settings again": (
        "세트를 지우고 씬의 설정을 되돌렸습니다"
    ),
    "Press Pick Ground in the sidebar of a 3D view": ("3D 뷰의 사이드바에서 바닥 고르기를 누르세요"),
    "There is too little of the set there: draw the box over a flat part of it": (
        "거기에는 세트가 너무 적습니다. 평평한 부분에 상자를 그리세요"
    ),
    "The set stands as if the camera had been level": ("카메라가 수평이었던 것처럼 세트를 세웠습니다"),
    "The set stands as it was built": ("세트를 만들 때처럼 세웠습니다"),
    "The set stands on the ground that was picked": ("고른 바닥 위에 세트를 세웠습니다"),
    "Nothing waits for the next estimate": ("다음 추정을 기다리는 것이 없습니다"),
    "this file": ("이 파일"),
    "{name} is kept: {file} uses it": ("{name}은(는) 남깁니다. {file}에서 씁니다"),
    "Depth: near is bright, far is dark": ("깊이: 가까우면 밝고 멀면 어둡습니다"),
    "Rough depth: the estimate goes on": ("대략의 깊이: 추정이 계속됩니다"),
    "Ground: found in the depth, {share} certain": ("바닥: 깊이에서 찾음, 확실성 {share}"),
    "Ground: by upright lines in the photograph, {share} certain": (
        "바닥: 사진의 수직선으로 찾음, 확실성 {share}"
    ),
    "Ground: by the camera's tilt sensor, {share} certain": (
        "바닥: 카메라의 기울기 센서로 찾음, 확실성 {share}"
    ),
    "Ground: picked": ("바닥: 직접 고름"),
    "Ground: the camera is taken as level": ("바닥: 카메라를 수평으로 봄"),
    "Ground: none found, so the camera is taken as level": ("바닥: 찾지 못해 카메라를 수평으로 봄"),
    "Rebuild Mesh": ("메시 다시 만들기"),
    "Ground: draw a box over a flat part of it, or click three points. ESC: cancel": (
        "바닥: 평평한 부분에 상자를 그리거나 세 점을 클릭하세요. ESC: 취소"
    ),
    # Retouch
    "Retouch": ("보정"),
    "Layer": ("레이어"),
    "Active layer, which is shown below the list": ("목록 아래에 표시되는 활성 레이어"),
    "Tool": ("도구"),
    "What becomes of what is outlined": ("윤곽 안을 어떻게 할지 정합니다"),
    "Flatten": ("평면으로"),
    "Make what is outlined flat: the plane that most of it lies on": (
        "윤곽 안을 평면으로 만듭니다. 대부분이 놓인 평면을 씁니다"
    ),
    "From Neighbours": ("주변에서"),
    "Let the surface about what is outlined go on there, in place of what was estimated": (
        "추정한 것 대신 주변의 면을 윤곽 안으로 이어 갑니다"
    ),
    "Push": ("밀기"),
    "Move what is outlined nearer, or farther": ("윤곽 안을 더 가깝게 또는 더 멀게 옮깁니다"),
    "Cut": ("자르기"),
    "Let depth jump along the middle of what is outlined": ("윤곽의 가운데를 따라 깊이를 끊습니다"),
    "Same Surface": ("같은 면"),
    "Remove a jump of depth: both sides are joined smoothly": (
        "깊이의 끊김을 없애고 양쪽을 매끄럽게 잇습니다"
    ),
    "Trust": ("믿기"),
    "Make the confidence of what is outlined 1": ("윤곽 안의 신뢰도를 1로 합니다"),
    "Do Not Trust": ("믿지 않기"),
    "Let the surface about what is outlined go on there, with a confidence of 0": (
        "주변의 면을 윤곽 안으로 이어 가고 신뢰도를 0으로 합니다"
    ),
    "From Photograph": ("사진에서"),
    "Show one photograph, aligned, in place of the fused picture": (
        "합성한 그림 대신 정렬한 사진 하나를 보여 줍니다"
    ),
    "Show what the mesh shows behind its cuts, once it is built": (
        "메쉬를 만든 뒤, 잘린 곳 뒤에 보이는 것을 보여 줍니다"
    ),
    "Heal": ("메우기"),
    "Fill the picture from what is about it": ("주변으로 그림을 메웁니다"),
    "Mask": ("마스크"),
    "Outlines what is retouched: closed splines are filled, open ones are strokes": (
        "보정할 곳의 윤곽. 닫힌 스플라인은 채우고 열린 스플라인은 획으로 씁니다"
    ),
    "Amount": ("양"),
    "How far it is moved nearer, or farther below 0, in shares of the focus range": (
        "초점 범위에 대한 비율로 얼마나 가깝게 옮길지 정합니다. 0보다 작으면 멀어집니다"
    ),
    "Stroke Width": ("획 너비"),
    "Width of open splines, in shares of the picture's longer side": (
        "열린 스플라인의 너비. 그림의 긴 변에 대한 비율입니다"
    ),
    "Name of the photograph that is shown": ("보여 줄 사진의 이름"),
    "Apply": ("적용"),
    "Apply the layer. If off, it is kept and does nothing": (
        "레이어를 적용합니다. 끄면 남겨 두지만 아무 일도 하지 않습니다"
    ),
    "Add Layer": ("레이어 추가"),
    "Add a layer, to be outlined in an image editor: Ctrl and a click add a point, Alt and C close the "
    "outline": (
        "레이어를 추가하고 이미지 에디터에서 윤곽을 그립니다. Ctrl과 클릭으로 점을 더하고 Alt와 C로 "
        "윤곽을 닫습니다"
    ),
    "Outline": ("윤곽 그리기"),
    "Show the active layer's outlines over the photograph, in an image editor": (
        "이미지 에디터에서 활성 레이어의 윤곽을 사진 위에 보여 줍니다"
    ),
    "Remove Layer": ("레이어 제거"),
    "Remove the active layer from the list and from the result folder": (
        "활성 레이어를 목록과 결과 폴더에서 지웁니다"
    ),
    "Apply the layers to the result: the set, the compositor and the preview follow": (
        "레이어를 결과에 적용합니다. 세트와 컴포지터, 미리보기가 따라갑니다"
    ),
    "Draft While Outlining": ("윤곽을 그리는 동안 초안 보기"),
    "Show what the layers make of depth and of the picture while you outline": (
        "윤곽을 그리는 동안 레이어가 깊이와 사진을 어떻게 바꾸는지 표시합니다"
    ),
    "The draft ended unexpectedly: press Outline to show it again": (
        "초안이 예기치 않게 끝났습니다. 윤곽 그리기를 눌러 다시 표시하십시오"
    ),
    "Draft of the depth: press Apply for full size": ("깊이의 초안: 전체 크기는 적용을 누르십시오"),
    "Retouching": ("보정하는 중"),
    "There is no layer yet: add one": ("아직 레이어가 없습니다. 하나 추가하십시오"),
    "Open an image editor, and press Outline again": ("이미지 에디터를 열고 윤곽 그리기를 다시 누르십시오"),
    "Leave Out": ("빼기"),
    "Keep what is outlined out of the mesh": ("윤곽 안을 메쉬에서 뺍니다"),
    "Own Object": ("별도 오브젝트"),
    "Make what is outlined an object of its own in the set, and fill in what is behind it": (
        "윤곽 안을 세트의 별도 오브젝트로 만들고 그 뒤를 채웁니다"
    ),
    "The layers of Retouch cannot be written to {folder} ({reason}): remove them first": (
        "보정 레이어를 {folder}에 쓸 수 없습니다({reason}). 먼저 제거하십시오"
    ),
    "This layer is a picture in the result folder: paint it there, or add another layer": (
        "이 레이어는 결과 폴더의 그림입니다. 거기서 그리거나 다른 레이어를 추가하십시오"
    ),
    "The layers of Retouch cannot be written ({reason}): simplify them": (
        "보정 레이어를 쓸 수 없습니다({reason}). 단순하게 하십시오"
    ),
}
