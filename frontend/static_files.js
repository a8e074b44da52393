// A script can read a canvas with another origin's picture only if CORS allowed the picture.
async function drawPicture(api, crossOrigin) {
  const picture = new Image();
  picture.crossOrigin = crossOrigin;
  picture.src = `${api}/pictures/loaf.svg`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.getContext('2d').drawImage(picture, 0, 0);
  return canvas.toDataURL().slice(0, 21);
}

async function drawWithCrossOrigin(api) {
  return drawPicture(api, 'anonymous');
}

async function drawWithoutCrossOrigin(api) {
  return drawPicture(api, null);
}

export default [drawWithCrossOrigin, drawWithoutCrossOrigin];
