// A field to draw one's name in, by finger or mouse. Without it the typed name is the signature.
for (const box of document.querySelectorAll("[data-sign]")) {
  const canvas = box.querySelector("canvas"), kept = document.getElementById(box.dataset.sign);
  const MOST = 2000, UNITS = 1000;
  let strokes = [], current = null;
  box.hidden = false;
  const scale = () => UNITS / canvas.clientWidth;
  const paint = () => {
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    const pen = canvas.getContext("2d"), factor = canvas.width / UNITS;
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 3 * devicePixelRatio;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], index) => (index ? pen.lineTo(x * factor, y * factor) : pen.moveTo(x * factor, y * factor)));
      pen.stroke();
    }
  };
  const point = (event) => {
    const edge = canvas.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [within((event.clientX - edge.left) * scale(), UNITS), within((event.clientY - edge.top) * scale(), 400)];
  };
  const keep = () => { kept.value = strokes.length ? JSON.stringify(strokes) : ""; };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    current = [point(event)];
    strokes.push(current);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || strokes.flat().length >= MOST) return;
    current.push(point(event));
    paint();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => { strokes = strokes.filter((stroke) => stroke.length > 1); current = null; keep(); });
  }
  box.querySelector("[data-again]").addEventListener("click", () => { strokes = []; keep(); paint(); });
  paint();
}
