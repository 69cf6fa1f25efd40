"""한국어. 블렌더와 사진의 용어를 따른다.

    focal stack, focus bracket   초점 스택, 초점 브래킷     depth, depth of field    깊이, 피사계 심도
    photograph, frame            사진, 프레임               metric, relative depth   실측 깊이, 상대 깊이
    focal length                 초점 거리 (렌즈)           confidence               신뢰도
    focus distance               촬영 거리 (초점까지)       all in focus             전체 초점
    aperture, f-number           조리개, f값                alignment                정렬
    circle of confusion, blur    착란원, 흐림               network                  신경망
    sensor, field of view        센서, 화각                 set                      세트 (사진이 된 무대)
    mesh, vertex, render         메쉬, 버텍스, 렌더         compositor, node         컴포지터, 노드
    viewport, image editor       뷰포트, 이미지 에디터      holdout, overlay         홀드아웃, 오버레이

이름은 명사로, 설명은 마침표 없는 '-합니다'로 쓴다. 마침표는 블렌더가 붙인다.
"""

MESSAGES = {
    # Panels and menus
    "Focal Depth": "Focal Depth",
    "Lens and Output": "렌즈와 출력",
    "Look": "보기",
    "Set": "세트",
    "Compositing": "컴포지팅",
    "AR and Web": "AR과 웹",
    "Sensor": "센서",
    "Blender's camera presets, and your own": "블렌더의 카메라 프리셋과 직접 만든 프리셋",
    "Recent Results": "최근 결과",
    "Results used last; opening one runs nothing": "최근에 쓴 결과. 열어도 다시 계산하지 않습니다",
    "Focus Bracket (.jpg, .png, .tif, .exr)": "초점 브래킷 (.jpg, .png, .tif, .exr)",
    "Focal Depth for {viewer} ({suffix})": "{viewer}용 Focal Depth ({suffix})",
    # On set
    "On Set": "촬영 현장",
    "Follow": "따라가기",
    "Estimate each focus bracket that arrives in the folder, from a tethered camera for one, and build "
    "the last one's set, under its name. You can go on working meanwhile": (
        "테더링한 카메라 등에서 폴더에 들어오는 초점 브래킷을 하나씩 추정하고, "
        "마지막 것의 세트를 그 이름으로 만듭니다. 그동안 계속 작업할 수 있습니다"
    ),
    "Where the photographs of the shoot arrive, in folders below it too": (
        "촬영한 사진이 들어오는 곳. 그 아래 폴더도 포함합니다"
    ),
    "Where photographs arrive, in folders below it too. Empty: the scene's": (
        "사진이 들어오는 곳. 그 아래 폴더도 포함합니다. 비우면 씬에 정한 폴더를 씁니다"
    ),
    "Off follows no longer": "끄면 더 따라가지 않습니다",
    "Pause": "멈춤",
    "A bracket is complete when none of its photographs has come or changed for so long": (
        "이 시간 동안 새로 오거나 바뀐 사진이 없으면 브래킷이 완성된 것으로 봅니다"
    ),
    "Waiting for photographs": "사진을 기다리는 중",
    "{name} is shown. Waiting for photographs": "{name} 표시됨. 사진을 기다리는 중",
    "{name} is ready: it comes in Object Mode, between two steps": (
        "{name} 준비됨: 오브젝트 모드에서 작업 사이에 나타납니다"
    ),
    "Choose the folder in which photographs arrive": "사진이 들어오는 폴더를 선택하십시오",
    "There is no folder {folder}: choose another": "{folder} 폴더가 없습니다. 다른 폴더를 선택하십시오",
    "Following needs a window: in a script run focal-depth watch": (
        "따라가려면 창이 필요합니다. 스크립트에서는 focal-depth watch를 실행하십시오"
    ),
    # Photographs
    "Add Photographs": "사진 추가",
    "Add the frames of a focus bracket: choose all its files, or its folder": (
        "초점 브래킷의 프레임을 추가합니다. 모든 파일 또는 폴더를 선택하십시오"
    ),
    "Read as Focus Bracket": "초점 브래킷으로 읽기",
    "List dropped photographs: of the same folder, they are added; of another, they take the list's place": (
        "끌어다 놓은 사진을 목록에 넣습니다. 같은 폴더면 더하고, 다른 폴더면 목록을 바꿉니다"
    ),
    "Read Photographs": "사진 읽기",
    "Read the photographs again, with the distances and lens values typed in": (
        "입력한 거리와 렌즈 값으로 사진을 다시 읽습니다"
    ),
    "In Place": "제자리",
    "Keep the rows of the list as they are, rather than far to near": (
        "먼 것부터 다시 늘어놓지 않고 목록의 순서를 그대로 둡니다"
    ),
    "Remove Photograph": "사진 제거",
    "Take the photograph that is chosen off the list. Its file stays": (
        "선택한 사진을 목록에서 뺍니다. 파일은 그대로 있습니다"
    ),
    "Clear Photographs": "사진 모두 제거",
    "Empty the list of photographs. Files and results stay": (
        "사진 목록을 비웁니다. 파일과 결과는 그대로 있습니다"
    ),
    "Odd Photograph": "이상한 사진",
    "Choose the photograph, to read what is odd about it": "사진을 선택하여 무엇이 이상한지 읽습니다",
    "Its row in the list, from 0": "목록에서의 줄 번호. 0부터 셉니다",
    "Choose Sensor": "센서 선택",
    "Take the sensor's width from one of Blender's camera presets; its height for upright photographs": (
        "블렌더의 카메라 프리셋에서 센서 폭을 가져옵니다. 세로 사진이면 높이를 가져옵니다"
    ),
    "File of one of Blender's camera presets": "블렌더 카메라 프리셋의 파일",
    "As Read": "읽은 값으로",
    "Take this lens value from the photographs again": "이 렌즈 값을 다시 사진에서 가져옵니다",
    "Value": "값",
    "Which one: focal_length, f_number or sensor_width": (
        "어느 값인지: focal_length, f_number 또는 sensor_width"
    ),
    "Folder": "폴더",
    "Where the photographs are": "사진이 있는 폴더",
    "Files": "파일",
    "Names of photographs in the folder. Without any it is the whole folder": (
        "폴더 안의 사진 이름. 없으면 폴더 전체입니다"
    ),
    "Photograph": "사진",
    "The one that is shown below the list": "목록 아래에 보이는 사진",
    "Photographs: {count}": "사진: {count}장",
    "Photographs: {used} of {count}": "사진: {count}장 중 {used}장",
    "Photographs: {count}, focus distances known": "사진: {count}장, 촬영 거리를 알고 있음",
    "Photographs: {count}, focus distances not known: depth is relative until two are typed in": (
        "사진: {count}장, 촬영 거리를 모름: 두 개를 입력할 때까지 깊이는 상대적입니다"
    ),
    "Reading again, with what was typed meanwhile": "그사이 입력한 값으로 다시 읽습니다",
    "There are no photographs": "사진이 없습니다",
    "There are no photographs: add at least two frames of a focus bracket": (
        "사진이 없습니다: 초점 브래킷의 프레임을 두 장 이상 추가하십시오"
    ),
    "Drop the photographs of one bracket here, or add their folder": (
        "브래킷 하나의 사진을 여기에 끌어다 놓거나 폴더를 추가하십시오"
    ),
    "One photograph is no bracket: drop the others too, or": (
        "한 장으로는 브래킷이 되지 않습니다: 나머지도 끌어다 놓거나"
    ),
    "Add Its Whole Folder": "폴더 전체 추가",
    "Use": "사용",
    "Let the photograph be part of the stack. Off leaves it out of what is estimated": (
        "사진을 스택에 넣습니다. 끄면 추정에서 빠집니다"
    ),
    "Notes": "참고",
    "What is odd about the photograph": "사진에서 이상한 점",
    "Focus Distance": "촬영 거리",
    "Distance from the lens to what is in focus, in the scene's units. Type it where the file does not know "
    "it; two typed distances make the whole stack metric. 0 is unknown": (
        "렌즈에서 초점이 맞은 곳까지의 거리, 씬의 단위. 파일이 모르면 입력하십시오. 두 개를 입력하면 "
        "스택 전체가 실측이 됩니다. 0은 모름입니다"
    ),
    "Focused at Infinity": "무한대 초점",
    "The lens is focused at infinity (0 dioptres)": "렌즈의 초점이 무한대(0 디옵터)에 있습니다",
    "infinity": "무한대",
    "Source": "소스",
    "Where the focus distance comes from": "촬영 거리를 어디에서 알았는지",
    "Overrides": "입력함",
    "From a text file": "텍스트 파일에서",
    "From the maker note": "제조사 노트에서",
    "From EXIF": "EXIF에서",
    "From XMP": "XMP에서",
    "Guessed": "추측",
    "Not known": "모름",
    "Width": "폭",
    "Height": "높이",
    "Of the photograph, in pixels. 0 is unknown": "사진의 크기, 픽셀 단위. 0은 모름입니다",
    "Relative Field of View": "상대 화각",
    "Width of what this frame sees over what the nearest-focus frame sees: 1 is the same. 0 is unknown": (
        "가장 가까이 초점을 맞춘 프레임에 견준 이 프레임의 시야 폭. 1은 같음, 0은 모름입니다"
    ),
    "Field of view {share}": "화각 {share}",
    # Lens and output
    "Focal Length": "초점 거리",
    "In millimetres, as engraved on the lens: what the photographs say, until you type another. 0 takes "
    "theirs again": (
        "밀리미터, 렌즈에 적힌 값. 입력하기 전에는 사진에서 읽은 값이며, 0이면 다시 그 값을 씁니다"
    ),
    "F-Number": "f값",
    "The aperture, as in f/2.8: what the photographs say, until you type another. 0 takes theirs again": (
        "f/2.8과 같은 조리개 값. 입력하기 전에는 사진에서 읽은 값이며, 0이면 다시 그 값을 씁니다"
    ),
    "Sensor Width": "센서 폭",
    "In millimetres, along the picture's width: what the photographs say, until you type another. 0 takes "
    "theirs again": (
        "밀리미터, 사진의 가로 방향. 입력하기 전에는 사진에서 읽은 값이며, 0이면 다시 그 값을 씁니다"
    ),
    "Order": "순서",
    "How the photographs follow one another where no focus distances are known": (
        "촬영 거리를 모를 때 사진이 이어지는 순서"
    ),
    "Automatic": "자동",
    "By focus distance; without it, by where the picture is sharp": (
        "촬영 거리를 따르고, 모르면 사진에서 선명한 곳을 따릅니다"
    ),
    "Far to Near": "먼 것부터",
    "By file name, the first is focused farthest": "파일 이름 순서. 첫 사진의 초점이 가장 멉니다",
    "Near to Far": "가까운 것부터",
    "By file name, the first is focused nearest": "파일 이름 순서. 첫 사진의 초점이 가장 가깝습니다",
    "Output": "출력",
    "Folder for the result. Empty: focal_depth beside the .blend file, or in the extension's own folder "
    "while the file is not saved": (
        "결과를 저장할 폴더. 비우면 .blend 파일 옆의 focal_depth, 파일을 저장하지 않았으면 확장의 폴더입니다"
    ),
    "Folder for the result. Empty: the scene's": "결과를 저장할 폴더. 비우면 씬의 설정을 따릅니다",
    # Estimating
    "Estimate Depth": "깊이 추정",
    "Estimate depth and an all-in-focus picture from the photographs. ESC cancels": (
        "사진에서 깊이와 전체 초점 사진을 추정합니다. ESC로 취소합니다"
    ),
    "Cancel": "취소",
    "Stop what is running. Nothing half-done stays behind": (
        "실행 중인 작업을 멈춥니다. 하다 만 것은 남지 않습니다"
    ),
    "Quality": "품질",
    "How finely depth is inferred. Results are of the photographs' size in any case": (
        "깊이를 얼마나 세밀하게 추론할지. 결과의 크기는 언제나 사진과 같습니다"
    ),
    "How finely depth is inferred where the scene does not say otherwise": (
        "씬에서 따로 정하지 않았을 때 깊이를 얼마나 세밀하게 추론할지"
    ),
    "Draft": "초안",
    "Depth is inferred at 640 pixels of the longer side: a first look": (
        "긴 변 640픽셀에서 깊이를 추론합니다. 먼저 살펴볼 때 씁니다"
    ),
    "Standard": "표준",
    "Depth is inferred at about 960 pixels of the longer side": "긴 변 약 960픽셀에서 깊이를 추론합니다",
    "Full": "전체",
    "Depth is inferred at the photographs' own size: takes by far the most time and memory": (
        "사진의 원래 크기에서 깊이를 추론합니다. 시간과 메모리가 훨씬 많이 듭니다"
    ),
    "{quality}: about {memory} GB, {time}": "{quality}: 약 {memory} GB, {time}",
    "{seconds} s": "{seconds}초",
    "{minutes} min": "{minutes}분",
    "Alignment": "정렬",
    "How frames are brought onto one grid": "프레임을 서로 겹치게 맞추는 방법",
    "Network": "신경망",
    "By the thin lens, then by a network that finds what scale and shift are left": (
        "얇은 렌즈로 계산한 뒤, 남은 배율과 이동을 신경망이 찾습니다"
    ),
    "Thin Lens Only": "얇은 렌즈만",
    "Crop each frame as its focus distance tells: for a camera on a tripod": (
        "촬영 거리에 따라 프레임을 자릅니다. 삼각대로 찍은 사진에 알맞습니다"
    ),
    "None": "없음",
    "Take the photographs as they are: for a stack that is aligned already": (
        "사진을 그대로 씁니다. 이미 정렬된 스택에 알맞습니다"
    ),
    "What infers depth": "깊이를 추론하는 신경망",
    "The network that comes with the extension; it tells how sure it is": (
        "확장에 들어 있는 신경망. 얼마나 확실한지도 알려 줍니다"
    ),
    "Paper": "논문",
    "Won and Jeon's, ECCV 2022, once `focal-depth import-weights` has imported it": (
        "Won과 Jeon, ECCV 2022. `focal-depth import-weights`로 가져온 뒤에 쓸 수 있습니다"
    ),
    "Estimating depth": "깊이 추정",
    "Reading photographs": "사진 읽기",
    "Aligning": "정렬",
    "Inferring depth": "깊이 추론",
    "Fusing the sharpest": "선명한 곳 합치기",
    "Bringing depth to full size": "깊이를 전체 크기로 키우기",
    "Saving": "저장",
    "Stopping": "멈추는 중",
    "{stage}, {time} left": "{stage}, {time} 남음",
    "Cancelled": "취소됨",
    "Wait for the present task to end, or cancel it": "지금 작업이 끝나기를 기다리거나 취소하십시오",
    "Nothing is running": "실행 중인 작업이 없습니다",
    "Undo stopped what was running: start it again": "실행 취소로 작업이 멈췄습니다: 다시 시작하십시오",
    "Nothing has changed since the last run, so nothing was run again": (
        "지난번 이후 바뀐 것이 없어 다시 계산하지 않았습니다"
    ),
    "The backend ended unexpectedly: try again, or look into the log": (
        "백엔드가 예기치 않게 끝났습니다: 다시 시도하거나 로그를 살펴보십시오"
    ),
    "The backend ended without a result: try again": "백엔드가 결과 없이 끝났습니다: 다시 시도하십시오",
    "Show Log": "로그 보기",
    "Show what the backend wrote before it failed, in a text editor": (
        "백엔드가 실패하기 전에 쓴 내용을 텍스트 에디터에 표시합니다"
    ),
    "There is no log: nothing has failed": "로그가 없습니다: 실패한 작업이 없습니다",
    "The log has been deleted": "로그가 삭제되었습니다",
    "Dismiss": "닫기",
    "Take this message away": "이 메시지를 닫습니다",
    # Results
    "Result": "결과",
    "Open": "열기",
    "Open Result": "결과 열기",
    "Use a result folder that exists already": "이미 있는 결과 폴더를 사용합니다",
    "The result folder": "결과 폴더",
    "{name}  in {place}": "{name}  ({place})",
    "None yet": "아직 없음",
    "Metric depth, {near} to {far}": "실측 깊이, {near}에서 {far}까지",
    "Relative depth: the focus distances are not known": "상대 깊이: 촬영 거리를 모릅니다",
    "There is no result yet: press Estimate Depth, or open a result": (
        "아직 결과가 없습니다: 깊이 추정을 누르거나 결과를 여십시오"
    ),
    "{folder} is not a result folder, it has no {file}: press Estimate Depth first": (
        "{folder}에 {file} 파일이 없어 결과 폴더가 아닙니다: 먼저 깊이 추정을 누르십시오"
    ),
    "{file} is damaged: estimate depth again": "{file} 파일이 손상되었습니다: 깊이를 다시 추정하십시오",
    # Looking
    "Show this of the result: in an image editor if one is open, and in the overlay of the 3D view": (
        "결과에서 이것을 표시합니다. 열려 있는 이미지 에디터와 3D 뷰의 오버레이에 나타납니다"
    ),
    "Show": "표시",
    "What of the result is shown": "결과에서 표시할 것",
    "Shown": "표시된 것",
    "What of the result is looked at": "결과에서 보고 있는 것",
    "All in Focus": "전체 초점",
    "Every part of the picture from the frame in which it is sharp": (
        "사진의 모든 부분을 선명하게 찍힌 프레임에서 가져온 것"
    ),
    "Depth": "깊이",
    "Distance in false colour, even in dioptres: near is bright and warm, far is dark": (
        "디옵터로 고르게 칠한 거리. 가까우면 밝고 따뜻하며, 멀면 어둡습니다"
    ),
    "Confidence": "신뢰도",
    "How sure depth is: white is sure, black is a guess": (
        "깊이가 얼마나 확실한지. 흰색은 확실, 검은색은 추측입니다"
    ),
    "As Photographed": "찍은 그대로",
    "The frames before alignment; play them to see what moves": (
        "정렬하기 전의 프레임. 재생하면 무엇이 움직이는지 보입니다"
    ),
    "Aligned": "정렬됨",
    "The frames after alignment; played, nothing but sharpness should change": (
        "정렬한 뒤의 프레임. 재생하면 선명한 곳만 달라져야 합니다"
    ),
    "Frame": "프레임",
    "Which frame is shown, counted from the one focused farthest": (
        "표시할 프레임. 초점이 가장 먼 것부터 셉니다"
    ),
    "Frame of {count}": "프레임 / {count}",
    "{file}, focused at {distance}": "{file}, 촬영 거리 {distance}",
    "Near": "근접",
    "Far": "원거리",
    "Distance, in the scene's units. What lies here or nearer gets the brightest colour": (
        "거리, 씬의 단위. 이보다 가까우면 가장 밝은 색이 됩니다"
    ),
    "Distance, in the scene's units. What lies here or farther gets the darkest colour": (
        "거리, 씬의 단위. 이보다 멀면 가장 어두운 색이 됩니다"
    ),
    "Relative depth that gets the brightest colour; no unit is known": (
        "가장 밝은 색이 되는 상대 깊이. 단위는 알 수 없습니다"
    ),
    "Relative depth that gets the darkest colour; no unit is known": (
        "가장 어두운 색이 되는 상대 깊이. 단위는 알 수 없습니다"
    ),
    "Reset Near and Far": "범위 초기화",
    "Colour from the nearest to the farthest thing in the picture again": (
        "다시 사진에서 가장 가까운 것부터 가장 먼 것까지 칠합니다"
    ),
    "Open in New Window": "새 창에서 열기",
    "Show the picture in a new window": "사진을 새 창에 표시합니다",
    "Overlay": "오버레이",
    "Lay what is shown over the view through the photograph's camera. Where the scene has no such camera "
    "yet, it is made": "사진의 카메라로 본 뷰 위에 겹쳐 표시합니다. 씬에 그 카메라가 없으면 만듭니다",
    "Off takes the picture away again": "끄면 겹친 사진을 다시 걷어냅니다",
    "Opacity": "불투명도",
    "Step to Frame": "프레임 넘기기",
    "Show the next frame or the one before; after the last comes the first": (
        "다음이나 이전 프레임을 표시합니다. 마지막 다음은 처음입니다"
    ),
    "By": "걸음",
    "Frames towards the nearest focus; negative: farther": (
        "가까운 초점 쪽으로 넘길 프레임 수. 음수면 먼 쪽입니다"
    ),
    "Play Frames": "프레임 재생",
    "Play the frames, far to near and back, to see what moves between them. Press again or ESC to stop": (
        "먼 초점에서 가까운 초점으로 오가며 재생하여 무엇이 움직이는지 봅니다. 다시 누르거나 ESC로 멈춥니다"
    ),
    "Pick Distance": "거리 읽기",
    "Read distances under the cursor, in the scene's units, over the picture in an image editor and in 3D "
    "views. Click to keep one, ESC or right click to end": (
        "이미지 에디터의 사진과 3D 뷰에서 커서 아래의 거리를 씬의 단위로 읽습니다. 클릭하면 남기고, ESC나 "
        "오른쪽 클릭으로 끝냅니다"
    ),
    "Place": "위치",
    "For scripts: where in the picture, 0 to 1 of its width and height from the top left": (
        "스크립트용: 사진 안의 위치. 왼쪽 위에서부터 폭과 높이의 0에서 1까지"
    ),
    "Picked": "읽은 거리",
    "The distance that was clicked on last": "마지막으로 클릭한 거리",
    "Preparing to look": "보기 준비",
    "Distances are read under the cursor": "커서 아래의 거리를 읽습니다",
    "Click: keep and copy the distance    ESC or right click: done": (
        "클릭: 거리를 남기고 복사    ESC 또는 오른쪽 클릭: 끝내기"
    ),
    "relative {distance}": "상대 {distance}",
    "{distance}, confidence {confidence}": "{distance}, 신뢰도 {confidence}",
    "That place is outside the picture: give 0 to 1, less than 1": (
        "사진 밖의 위치입니다: 0 이상 1 미만의 값을 주십시오"
    ),
    "The result has changed: press Pick Distance again": "결과가 바뀌었습니다: 거리 읽기를 다시 누르십시오",
    "Nothing of the result is shown yet: choose Depth, for one, first": (
        "아직 결과가 표시되지 않았습니다: 먼저 깊이 등을 선택하십시오"
    ),
    "No frames are shown: choose Aligned or As Photographed first": (
        "프레임이 표시되지 않았습니다: 먼저 정렬됨이나 찍은 그대로를 선택하십시오"
    ),
    "Frames play in a window only; scripts use focal_depth.step": (
        "프레임은 창에서만 재생됩니다. 스크립트는 focal_depth.step을 쓰십시오"
    ),
    "Blender runs without a window: use the image {image}": (
        "블렌더가 창 없이 실행 중입니다: 이미지 {image}을(를) 쓰십시오"
    ),
    # The set
    "Build Mesh": "메쉬 만들기",
    "Build a textured mesh of the depth map, and the camera that took the photograph. If they exist "
    "already, they are updated": (
        "깊이로 텍스처를 입힌 메쉬와 사진을 찍은 카메라를 만듭니다. 이미 있으면 갱신합니다"
    ),
    "Building the mesh": "메쉬 만들기",
    "Level": "세밀함",
    "How fine the mesh is": "메쉬가 얼마나 세밀한지",
    "Preview": "미리보기",
    "At most 50 thousand triangles": "삼각형 5만 개 이하",
    "At most 500 thousand triangles": "삼각형 50만 개 이하",
    "AR": "AR",
    "At most 100 thousand triangles, as phones show them": "삼각형 10만 개 이하, 휴대전화에 알맞습니다",
    "{count} triangles": "삼각형 {count}개",
    "{name} hides the set from its camera: hide or move it": (
        "{name}이(가) 카메라에서 세트를 가립니다: 숨기거나 옮기십시오"
    ),
    "{name} has no mesh yet: press Build Mesh first": (
        "{name}에 아직 메쉬가 없습니다: 먼저 메쉬 만들기를 누르십시오"
    ),
    "Renders are {size}, through {camera}": "렌더는 {size}, 카메라는 {camera}",
    "View transform {name} keeps the photograph's colours": "뷰 변환 {name}으로 사진의 색을 지킵니다",
    "Depth Scale": "깊이 배율",
    "Cut Angle": "자르는 각도",
    "Smoothing": "스무딩",
    "Background": "배경",
    "Set Scale": "크기 맞추기",
    "Scale the set by one length that is known. Select its two ends first: two objects, or in Edit Mode two "
    "vertices; or type in what Blender's Measure tool says": (
        "아는 길이 하나로 세트의 크기를 맞춥니다. 먼저 양 끝을 선택하십시오: 오브젝트 두 개, 에디트 "
        "모드에서는 버텍스 두 개. 측정 도구의 값을 입력해도 됩니다"
    ),
    "Measured": "잰 길이",
    "The length as the set has it now, in the scene's units. 0 takes what lies between the two that are "
    "selected": "지금 세트에서의 길이, 씬의 단위. 0이면 선택한 둘 사이의 거리입니다",
    "True Length": "실제 길이",
    "How long it is in truth, in the scene's units": "실제로 얼마나 긴지, 씬의 단위",
    "Select the two ends of a length first: two objects, or two vertices": (
        "먼저 길이의 양 끝을 선택하십시오: 오브젝트 두 개 또는 버텍스 두 개"
    ),
    "Type in how long it is in truth": "실제 길이를 입력하십시오",
    "The set is {times} times as large": "세트의 크기가 {times}배가 되었습니다",
    "Set Scale: {times} times these lengths": "크기 맞추기: 이 길이의 {times}배",
    "Holdout": "홀드아웃",
    "Render the scene inside the photograph, without compositing: the mesh hides what is behind it and "
    "takes shadows. In EEVEE, press it again when lights have changed": (
        "컴포지팅 없이 사진 안에 씬을 렌더합니다. 메쉬가 뒤의 것을 가리고 섀도우를 받습니다. EEVEE에서는 "
        "라이트를 바꾸면 다시 누르십시오"
    ),
    "Enable": "사용",
    "Off lets renders show the mesh again": "끄면 렌더에 다시 메쉬가 보입니다",
    "Renders show the mesh": "렌더에 메쉬가 보입니다",
    "Renders stand inside the photograph, and the compositor is off": (
        "렌더가 사진 안에 서고, 컴포지터는 꺼졌습니다"
    ),
    "Focus": "초점",
    # Compositing
    "Depth Merge": "깊이 합성",
    "Set up the compositor so that rendered objects stand between the things in the photograph": (
        "렌더한 오브젝트가 사진 속 사물 사이에 서도록 컴포지터를 구성합니다"
    ),
    "The compositor merges renders with the photograph by depth": (
        "컴포지터가 깊이에 따라 렌더와 사진을 합칩니다"
    ),
    "Refocus": "초점 바꾸기",
    "Choose focus and aperture of the photograph: the blur is the lens's own, taken from the stack": (
        "사진의 초점과 조리개를 고릅니다. 흐림은 스택에서 가져온 렌즈 고유의 것입니다"
    ),
    "The photograph can be refocused": "사진의 초점을 바꿀 수 있습니다",
    "Aperture": "조리개",
    "Focus distances are not known: Focus Distance is relative, 1 (near) to 4 (far)": (
        "촬영 거리를 모릅니다: 1(가까움)에서 4(멂)까지 상대적입니다"
    ),
    "The f-number is not known: blur beyond the stack is a guess": (
        "f값을 모릅니다: 스택을 벗어난 흐림은 추측입니다"
    ),
    "There are no aligned photographs, all blur is synthetic: estimate depth again": (
        "정렬된 사진이 없어 모든 흐림이 합성입니다: 깊이를 다시 추정하십시오"
    ),
    "Depth Fog": "깊이 안개",
    "Add fog that hides what is far away, in the photograph and in renders": (
        "사진과 렌더에서 먼 것을 가리는 안개를 더합니다"
    ),
    "There is fog over all the compositor gives": "컴포지터의 결과 전체에 안개가 있습니다",
    "Colour": "색",
    "Density": "밀도",
    "Start": "시작",
    "End": "끝",
    "Depth Matte": "깊이 매트",
    "Add a matte of what stands between two distances, for use in the compositor": (
        "두 거리 사이에 있는 것의 매트를 더하여 컴포지터에서 씁니다"
    ),
    "Depth Matte is in the compositor, for other nodes to use": (
        "깊이 매트가 컴포지터에 있으며 다른 노드에서 쓸 수 있습니다"
    ),
    "Softness": "부드러움",
    # AR and web
    "Export Set": "세트 내보내기",
    "Write a file of the set for a viewer": "세트를 뷰어용 파일로 씁니다",
    "Preset": "프리셋",
    "The viewer that the file is for": "파일을 볼 뷰어",
    "File": "파일",
    "The file to write. What it ends with is the preset's": "쓸 파일. 확장자는 프리셋을 따릅니다",
    "Quick Look": "Quick Look",
    "USDZ for iPhone, iPad and Vision Pro: at most 100 thousand triangles": (
        "iPhone, iPad, Vision Pro용 USDZ: 삼각형 10만 개 이하"
    ),
    "Scene Viewer": "Scene Viewer",
    "GLB for Android: at most 30 thousand vertices and 10 MB": "Android용 GLB: 버텍스 3만 개, 10 MB 이하",
    "Web": "웹",
    "GLB for web pages and other programs: at most 100 thousand triangles, compressed by Draco where this "
    "Blender has it": (
        "웹 페이지와 다른 프로그램용 GLB: 삼각형 10만 개 이하, 이 블렌더에 Draco가 있으면 압축합니다"
    ),
    "{file}: {triangles} triangles, {vertices} vertices, {size} MB": (
        "{file}: 삼각형 {triangles}개, 버텍스 {vertices}개, {size} MB"
    ),
    "{name} has {vertices} vertices at {triangles} triangles, and {viewer} shows {most}: switch Background "
    "off, or use another preset": (
        "{name}의 버텍스는 삼각형 {triangles}개에서 {vertices}개이고 {viewer}의 한도는 {most}개입니다: "
        "배경을 끄거나 다른 프리셋을 쓰십시오"
    ),
    "{file} cannot be written ({reason}): choose another place": (
        "{file} 파일을 쓸 수 없습니다 ({reason}): 다른 곳을 선택하십시오"
    ),
    "Say with filepath where the file shall go": "filepath로 파일을 둘 곳을 정하십시오",
    "This Blender was built without USD: use one from blender.org": (
        "이 블렌더는 USD 없이 빌드되었습니다: blender.org의 블렌더를 쓰십시오"
    ),
    "The add-on glTF 2.0 is off: enable it in Edit > Preferences > Add-ons": (
        "glTF 2.0 애드온이 꺼져 있습니다: 편집 > 환경 설정 > 애드온에서 켜십시오"
    ),
    # Preferences and cache
    "Device": "장치",
    "What the networks run on": "신경망을 실행하는 장치",
    "A graphics processor where the extension's engine is built for one, else the CPU": (
        "확장의 엔진이 그래픽 프로세서를 지원하면 그것을, 아니면 CPU를 씁니다"
    ),
    "CPU": "CPU",
    "The processor, whatever else there is": "다른 장치가 있어도 프로세서를 씁니다",
    "GPU": "GPU",
    "A graphics processor; estimating stops where none can be used": (
        "그래픽 프로세서를 씁니다. 쓸 수 없으면 추정을 멈춥니다"
    ),
    "Memory Limit": "메모리 한도",
    "Memory Limit (GB)": "메모리 한도 (GB)",
    "Gigabytes that estimating may use. Where they do not suffice, depth is inferred coarser. "
    "0 is no limit": "추정에 쓸 메모리(GB). 모자라면 깊이를 더 성기게 추론합니다. 0이면 한도가 없습니다",
    "Threads": "스레드",
    "Processor threads that estimating may use. 0 is one for every core": (
        "추정에 쓸 프로세서 스레드 수. 0이면 코어마다 하나입니다"
    ),
    "Cache Folder": "캐시 폴더",
    "Where results of unsaved files, and what need not be kept, are written. Empty is the extension's own "
    "folder": "저장하지 않은 파일의 결과와 지워도 되는 것을 쓰는 폴더. 비우면 확장의 폴더입니다",
    "A file": "파일",
    "{file} cannot be read or written ({reason}): look at the disk and its permissions": (
        "{file} 파일을 읽거나 쓸 수 없습니다 ({reason}): 디스크와 권한을 확인하십시오"
    ),
    "{file} is not a camera preset: choose another": (
        "{file} 파일은 카메라 프리셋이 아닙니다: 다른 것을 선택하십시오"
    ),
    "The cache folder {folder} cannot be written: choose another in the preferences": (
        "캐시 폴더 {folder}에 쓸 수 없습니다: 환경 설정에서 다른 폴더를 선택하십시오"
    ),
    "Holds {size}": "사용량 {size}",
    "Clear Cache": "캐시 비우기",
    "Delete what the cache folder holds, but for results that the open file uses. Results beside .blend "
    "files are never touched": (
        "열린 파일이 쓰는 결과를 빼고 캐시 폴더의 내용을 지웁니다. .blend 파일 옆의 결과는 건드리지 않습니다"
    ),
    "{name} stays: this file uses it": "{name}: 이 파일이 쓰므로 남습니다",
    "{name} will go": "{name}: 지워집니다",
    "A .blend file elsewhere that uses one of these needs it estimated again": (
        "이것을 쓰는 다른 .blend 파일에서는 다시 추정해야 합니다"
    ),
    "Results deleted: {gone}. Kept: {kept}": "지운 결과: {gone}개. 남은 결과: {kept}개",
}
