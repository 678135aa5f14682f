import { multiply, reduce, subtract } from '../../onnx/operators.ts';
import { type GradientRule, gradientOf, inputOf, outputOf } from '../gradient-rule.ts';

/**
 * y = x̂ ∘ γ + β, x̂ = (x − mean) · d with d the inverse deviation:
 * dX = d · (g − mean(g) − x̂ ∘ mean(g ∘ x̂)) with g = dY ∘ γ;  dγ = dY ∘ x̂;  dβ = dY
 */
export const layerNormalizationRule: GradientRule = (context) => {
  const { b, wants } = context;
  const dY = gradientOf(context);
  const [x, mean, deviation] = [inputOf(context, 0), outputOf(context, 1), outputOf(context, 2)];
  const normalised = multiply(b, subtract(b, x, mean), deviation);
  const dX = () => {
    const g = multiply(b, dY, inputOf(context, 1));
    const projected = multiply(b, normalised, reduce(b, 'ReduceMean', multiply(b, g, normalised), [-1]));
    return multiply(b, subtract(b, subtract(b, g, reduce(b, 'ReduceMean', g, [-1])), projected), deviation);
  };
  return [wants(0) ? dX() : null, wants(1) ? multiply(b, dY, normalised) : null, dY];
};

/** y = x̂ ∘ γ, x̂ = x · r with r the inverse root mean square: dX = r · (g − x̂ ∘ mean(g ∘ x̂)) with g = dY ∘ γ;  dγ = dY ∘ x̂ */
export const rmsNormalizationRule: GradientRule = (context) => {
  const { b, wants } = context;
  const dY = gradientOf(context);
  const inverse = outputOf(context, 1);
  const normalised = multiply(b, inputOf(context, 0), inverse);
  const dX = () => {
    const g = multiply(b, dY, inputOf(context, 1));
    const projected = multiply(b, normalised, reduce(b, 'ReduceMean', multiply(b, g, normalised), [-1]));
    return multiply(b, subtract(b, g, projected), inverse);
  };
  return [wants(0) ? dX() : null, wants(1) ? multiply(b, dY, normalised) : null];
};
