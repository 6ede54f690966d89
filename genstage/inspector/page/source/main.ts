import { mount } from "svelte";
import "./styles/theme.css";
import "./styles/base.css";
import App from "./app.svelte";

const place = document.getElementById("page");
if (place) mount(App, { target: place });
